// SPDX-License-Identifier: Apache-2.0
'use strict';

const { absent } = require('./lib/absent');
const { LinuxSandboxProfileError, SandboxError, SandboxSettingsError } = require('./lib/errors');
const { getWslVersion, hasLinuxSandboxDependenciesSync } = require('./lib/machine');
const { SandboxManager } = require('./lib/manager');
const { getDefaultWritePaths } = require('./lib/restrictions');
const { Sandbox } = require('./lib/sandbox');
const schemas = require('./lib/schema');
const { SandboxViolationStore } = require('./lib/violations');

module.exports = {
  Sandbox, SandboxManager, SandboxViolationStore,
  SandboxError, SandboxSettingsError, LinuxSandboxProfileError,
  getDefaultWritePaths, getWslVersion, hasLinuxSandboxDependenciesSync,
  ...schemas,
  ...absent,
};
