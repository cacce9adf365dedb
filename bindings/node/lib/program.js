// SPDX-License-Identifier: Apache-2.0
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const { SandboxError } = require('./errors');

const VARIABLE = 'SRT_PROGRAM';
// Where the package lies when it was installed with srt: PREFIX/share/srt/node/lib.
const BESIDE = path.resolve(__dirname, '..', '..', '..', '..', 'bin', 'srt');
const OUTPUT_MAX = 64 * 1024 * 1024;

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** srt and srtctl lie together. Another program of that name, without srtctl, is not ours. */
function pair(file) {
  for (const srt of [file, realpath(file)]) {
    const srtctl = srt && path.join(path.dirname(srt), 'srtctl');
    if (srt && isProgram(srt) && isProgram(srtctl)) return { srt, srtctl };
  }
  return undefined;
}

function realpath(file) {
  try {
    return fs.realpathSync(file);
  } catch {
    return undefined;
  }
}

function named(file, by) {
  if (!path.isAbsolute(file)) {
    throw new SandboxError('SRT_NOT_FOUND', `${by}: found ${JSON.stringify(file)}, expected an absolute path of the program srt`);
  }
  const found = pair(file);
  if (!found) {
    throw new SandboxError('SRT_NOT_FOUND',
      `${by}: ${file} is not the program srt with srtctl beside it: correct the path, or remove it to look in PATH`);
  }
  return found;
}

/** {srt, srtctl}, absolute: the option, SRT_PROGRAM, beside this package, then PATH. */
function findPrograms(option) {
  if (option !== undefined && option !== null) return named(option, 'srtPath');
  if (process.env[VARIABLE]) return named(process.env[VARIABLE], VARIABLE);
  const beside = pair(BESIDE);
  if (beside) return beside;
  for (const directory of (process.env.PATH || '').split(path.delimiter)) {
    const found = path.isAbsolute(directory) && pair(path.join(directory, 'srt'));
    if (found) return found;
  }
  throw new SandboxError('SRT_NOT_FOUND',
    `srt was not found in PATH (a directory with srt and srtctl): install srt, or name the program with the option srtPath or the variable ${VARIABLE}`);
}

/** A program's absolute path, as a shell would find it. */
function findShell(name) {
  if (name.includes('/')) {
    const file = path.resolve(name);
    if (isProgram(file)) return file;
    throw new SandboxError('SRT_ARGUMENT', `binShell: ${name} is no program that can be executed`);
  }
  for (const directory of (process.env.PATH || '').split(path.delimiter)) {
    const file = path.isAbsolute(directory) && path.join(directory, name);
    if (file && isProgram(file)) return file;
  }
  throw new SandboxError('SRT_ARGUMENT', `binShell: ${JSON.stringify(name)} was not found in PATH`);
}

/** Runs srtctl; resolves to {status, stdout, stderr}. */
function runCtl(programs, args, { input = '', cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(programs.srtctl, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const out = [], err = [];
    child.stdout.on('data', piece => out.push(piece));
    child.stderr.on('data', piece => err.push(piece));
    child.stdin.on('error', () => {}); // it may have ended without reading
    child.on('error', cause => reject(failed(programs, cause, cwd)));
    child.on('close', (status, signal) => {
      if (signal) reject(failed(programs, new Error(`ended by ${signal}`)));
      else resolve({ status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
    child.stdin.end(input);
  });
}

/** The same, waiting for it. */
function runCtlSync(programs, args, { input = '', cwd } = {}) {
  const result = spawnSync(programs.srtctl, args, { cwd, input, encoding: 'utf8', maxBuffer: OUTPUT_MAX });
  if (result.error || result.signal) {
    throw failed(programs, result.error || new Error(`ended by ${result.signal}`), cwd);
  }
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

function failed(programs, cause, cwd) {
  if (cause.code === 'ENOENT' && cwd && !fs.existsSync(cwd)) {
    return new SandboxError('SRT_ARGUMENT', `the directory ${cwd} does not exist`, { cause });
  }
  return new SandboxError('SRT_UNAVAILABLE', `${programs.srtctl} cannot be run: ${cause.message}`, { cause });
}

function homeDirectory() {
  const home = process.env.HOME;
  return home && path.isAbsolute(home) ? home : os.userInfo().homedir;
}

module.exports = { VARIABLE, findPrograms, findShell, homeDirectory, runCtl, runCtlSync };
