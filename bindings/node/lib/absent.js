// SPDX-License-Identifier: Apache-2.0
// Names that programs import, of what srt has not. Calling one says so.
'use strict';

const { SandboxError } = require('./errors');

class WindowsSandboxError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'WindowsSandboxError';
    this.code = code;
  }
}

const WINDOWS = [
  'buildGitConfigEnv', 'checkWindowsDependenciesAsync', 'checkWindowsSandboxStatus', 'checkWindowsSandboxStatusAsync',
  'ensurePersistentWindowsCa', 'expandWindowsFsPaths', 'getSrtWinPath', 'getWindowsSandboxCaCert', 'getWindowsSandboxUserStatus',
  'getWindowsSandboxUserStatusAsync', 'getWindowsWfpStatus', 'getWindowsWfpStatusAsync', 'grantWindowsAcl', 'installWindowsSandbox',
  'installWindowsSandboxAsync', 'isUncPath', 'parseWindowsBinShell', 'parseWindowsSandboxError', 'resolveSrtWin', 'restoreWindowsAcl',
  'revokeWindowsAcl', 'stampWindowsAcl', 'uninstallWindowsSandbox', 'verifyWindowsWfpEgress', 'windowsInstallInstructions',
  'windowsStateDir', 'windowsTrustCa', 'windowsTrustCaAsync',
];
const TLS = ['certThumbprint', 'generateCa', 'validateCaPair'];

function refuse(name, why) {
  const refusing = () => {
    throw new SandboxError('SRT_UNSUPPORTED', `${name} is not there: ${why}`);
  };
  Object.defineProperty(refusing, 'name', { value: name });
  return refusing;
}

const absent = { WindowsSandboxError, VENDORED_SRT_WIN_EXE: undefined, DEFAULT_WINDOWS_PROXY_PORT_RANGE: undefined, SRT_WIN_DISPATCH_ARG1: undefined };
for (const name of WINDOWS) absent[name] = refuse(name, 'there is no srt for Windows; use `@anthropic-ai/sandbox-runtime` there');
for (const name of TLS) absent[name] = refuse(name, 'srt does not look into TLS connections and has no certificates of its own; allow hosts by name and port');

const MASKING = 'credentials are hidden (mode "deny"), not masked';

module.exports = { MASKING, absent, refuse };
