// SPDX-License-Identifier: Apache-2.0
// The one session that programs with a single set of rules use, by the names of `@anthropic-ai/sandbox-runtime`.
'use strict';

const { isDeepStrictEqual } = require('node:util');
const { MASKING, refuse } = require('./absent');
const { SandboxError, notInitialized } = require('./errors');
const { checkDependencies, checkDependenciesAsync, isSupportedPlatform } = require('./machine');
const { getDefaultWritePaths } = require('./restrictions');
const { Sandbox } = require('./sandbox');
const { copySettings } = require('./settings');
const { SandboxViolationStore } = require('./violations');

const store = new SandboxViolationStore();
let current; // {sandbox, settings}

function sandbox(what) {
  if (!current) throw notInitialized(what);
  return current.sandbox;
}

async function initialize(runtimeConfig, sandboxAskCallback, enableLogMonitor, options) {
  void enableLogMonitor; // refusals are always recorded; "monitor" in the settings says how much is observed
  const settings = copySettings(runtimeConfig, 'settings');
  if (current && !isDeepStrictEqual(current.settings, settings)) {
    throw new SandboxError('SRT_INITIALIZED', 'initialize: there are other settings already; call updateConfig(settings), or reset() first');
  }
  if (!current) current = { sandbox: new Sandbox(settings, { ...options, ask: sandboxAskCallback, store }), settings };
  const mine = current;
  try {
    await mine.sandbox.initialize();
  } catch (error) {
    if (current === mine) current = undefined;
    await mine.sandbox.reset();
    throw error;
  }
}

async function reset() {
  const last = current;
  current = undefined;
  if (last) await last.sandbox.reset();
}

function updateConfig(newConfig) {
  sandbox('updateConfig').updateConfig(newConfig);
  current.settings = copySettings(newConfig, 'settings');
}

/** What a getter says while there are no settings. */
const asked = (name, without) => () => (current ? current.sandbox[name]() : without());
const nothing = () => undefined;

const SandboxManager = {
  initialize,
  isSupportedPlatform,
  isSandboxingEnabled: () => current !== undefined,
  checkDependencies,
  checkDependenciesAsync,
  getFsReadConfig: asked('getFsReadConfig', () => ({ denyOnly: [], allowWithinDeny: [] })),
  getFsWriteConfig: asked('getFsWriteConfig', () => ({ allowOnly: getDefaultWritePaths(), denyWithinAllow: [] })),
  getNetworkRestrictionConfig: asked('getNetworkRestrictionConfig', () => ({})),
  getAllowUnixSockets: asked('getAllowUnixSockets', nothing),
  getAllowLocalBinding: asked('getAllowLocalBinding', nothing),
  getAllowMachLookup: asked('getAllowMachLookup', nothing),
  getIgnoreViolations: asked('getIgnoreViolations', nothing),
  getEnableWeakerNestedSandbox: asked('getEnableWeakerNestedSandbox', nothing),
  getConfig: asked('getConfig', nothing),
  getProxyPort: asked('getProxyPort', nothing),
  getSocksProxyPort: asked('getSocksProxyPort', nothing),
  getProxyAuthToken: nothing,
  getLinuxHttpSocketPath: nothing,
  getLinuxSocksSocketPath: nothing,
  waitForNetworkInitialization: async () => (current ? current.sandbox.waitForNetworkInitialization() : false),
  wrapWithSandbox: async (...words) => sandbox('wrapWithSandbox').wrapWithSandbox(...words),
  wrapWithSandboxArgv: async (...words) => sandbox('wrapWithSandboxArgv').wrapWithSandboxArgv(...words),
  cleanupAfterCommand: nothing,
  updateConfig,
  reset,
  getSandboxViolationStore: () => store,
  annotateStderrWithSandboxFailures: (id, stderr) =>
    (current ? current.sandbox.annotateStderrWithSandboxFailures(id, stderr) : stderr),
  getCommandFailure: id => (current ? current.sandbox.getCommandFailure(id) : undefined),
  getLinuxGlobPatternWarnings: () => [],
  getMitmCA: nothing,
  getSentinelRegistry: refuse('getSentinelRegistry', MASKING),
  getAwsPairRegistry: refuse('getAwsPairRegistry', MASKING),
  getMaskedFileStore: refuse('getMaskedFileStore', MASKING),
};

module.exports = { SandboxManager };
