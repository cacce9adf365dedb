// SPDX-License-Identifier: Apache-2.0
// What this machine is, and whether srt can work here.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const { SandboxError } = require('./errors');
const { findPrograms } = require('./program');
const { plan, planSync } = require('./restrictions');

const PLATFORMS = { linux: 'linux', darwin: 'macos', win32: 'windows' };
const NOTHING = JSON.stringify({ filesystem: { allowWrite: [] } });

function getPlatform() {
  return PLATFORMS[process.platform] || 'unknown';
}

/** "1" or "2" (or later) under the Windows subsystem for Linux, else undefined. */
function getWslVersion() {
  if (process.platform !== 'linux') return undefined;
  return wslVersion(os.release(), readText('/proc/version'), process.env);
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Pure, for tests. */
function wslVersion(release, version, env) {
  const text = `${release} ${version}`;
  const numbered = /WSL(\d+)/i.exec(text);
  if (numbered) return numbered[1];
  if (!/microsoft/i.test(text)) return undefined;
  // The first has no kernel of Linux, only its calls; its release ends in "-Microsoft".
  return /-Microsoft\b/.test(release) && !env.WSL_INTEROP ? '1' : '2';
}

/** platform: one to be asked about, as older programs do; else this machine. */
function isSupportedPlatform(platform) {
  if (platform !== undefined) return platform === 'linux' || platform === 'macos';
  const here = getPlatform();
  return here === 'macos' || (here === 'linux' && getWslVersion() !== '1');
}

function assertSupportedPlatform() {
  if (!isSupportedPlatform()) {
    throw new SandboxError('SRT_UNAVAILABLE', `srt runs on Linux and macOS; this is ${getWslVersion() === '1' ? 'WSL 1' : process.platform}`);
  }
}

function report(found) {
  return {
    errors: found.refused ? [`${found.refused} (srtctl doctor says what to do)`] : [],
    warnings: [...found.warnings],
  };
}

function failure(error) {
  return { errors: [error.message], warnings: [] };
}

/** {errors, warnings}: what keeps srt from running anything here. The argument means nothing: srt needs no ripgrep. */
function checkDependencies() {
  try {
    assertSupportedPlatform();
    return report(planSync(findPrograms(), NOTHING, '/', {}));
  } catch (error) {
    return failure(error);
  }
}

async function checkDependenciesAsync() {
  try {
    assertSupportedPlatform();
    return report(await plan(findPrograms(), NOTHING, '/', {}));
  } catch (error) {
    return failure(error);
  }
}

function hasLinuxSandboxDependenciesSync() {
  return checkDependencies().errors.length === 0;
}

module.exports = {
  assertSupportedPlatform, checkDependencies, checkDependenciesAsync, getPlatform, getWslVersion,
  hasLinuxSandboxDependenciesSync, isSupportedPlatform, wslVersion,
};
