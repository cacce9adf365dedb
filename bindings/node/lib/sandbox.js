// SPDX-License-Identifier: Apache-2.0
'use strict';

const crypto = require('node:crypto');
const path = require('node:path');
const { forget, onAbort } = require('./abort');
const broker = require('./broker');
const { CustomRules } = require('./check');
const { SandboxError, notInitialized } = require('./errors');
const { assertSupportedPlatform } = require('./machine');
const { findPrograms, findShell } = require('./program');
const { checkText, quote, shellCommand } = require('./quote');
const { Restrictions, plan, planSync } = require('./restrictions');
const { copySettings, mergeSettings, settingsText } = require('./settings');
const { SandboxViolationStore, annotate, connect, disconnect, toEvent } = require('./violations');

const RUNS_MAX = 1024; // wrapped commands that are remembered; of those that do not run, the oldest goes

function checkFunction(value, what) {
  if (value !== undefined && value !== null && typeof value !== 'function') {
    throw new SandboxError('SRT_ARGUMENT', `${what}: found ${typeof value}, expected a function`);
  }
  return value || undefined;
}

/** One set of rules, and the commands that run by it. */
class Sandbox {
  #settings;
  #options;
  #cwd;
  #ask;
  #programs;
  #backend;
  #broker;
  #ready; // promise of initialize()
  #closed = false;
  #runs = new Map(); // token -> {key, text, settings, custom, cwd, running}
  #store;
  #failures = new Map(); // key of a command -> why srt could not run it, the last time
  #custom = new CustomRules();

  constructor(settings, options = {}) {
    this.#settings = copySettings(settings, 'settings');
    this.#options = { ...options };
    this.#ask = checkFunction(options.ask, 'ask');
    checkFunction(options.onNotice, 'onNotice');
    if (options.cwd !== undefined && !path.isAbsolute(options.cwd)) {
      throw new SandboxError('SRT_ARGUMENT', `cwd: found ${JSON.stringify(options.cwd)}, expected an absolute path`);
    }
    this.#cwd = options.cwd;
    this.#backend = { name: options.backend, allowUnenforced: (options.allowUnenforced || []).join(',') || undefined };
    this.#store = options.store || new SandboxViolationStore();
    connect(this.#store, this, () => this.#broker && this.#broker.drain());
  }

  /** A sandbox that is ready. */
  static async create(settings, options) {
    const sandbox = new Sandbox(settings, options);
    await sandbox.initialize();
    return sandbox;
  }

  /** Checks settings and machine, and begins to listen. Every wrap waits for it. */
  initialize() {
    if (this.#closed) return Promise.reject(this.#closedError('initialize'));
    if (!this.#ready) {
      this.#ready = this.#start();
      this.#ready.catch(() => {
        this.#ready = undefined; // may be tried again
      });
    }
    return this.#ready;
  }

  async #start() {
    assertSupportedPlatform();
    this.#programs = findPrograms(this.#options.srtPath);
    const found = await plan(this.#programs, this.#text(this.#settings), this.#directory(), this.#backend);
    if (found.refused) throw new SandboxError('SRT_UNAVAILABLE', `Sandbox dependencies not available: ${found.refused}`);
    if (this.#closed) throw this.#closedError('initialize');
    this.#broker = broker.acquire();
    try {
      await this.#broker.ready();
    } catch (error) {
      this.#leaveBroker();
      throw error;
    }
    for (const warning of found.warnings) this.#notice(warning);
  }

  #leaveBroker() {
    if (this.#broker) broker.release();
    this.#broker = undefined;
  }

  #closedError(what) {
    return new SandboxError('SRT_NOT_INITIALIZED', `${what}: this sandbox was closed by reset(); make a new one`);
  }

  #directory() {
    return this.#cwd || process.cwd();
  }

  #text(settings, cwd = this.#directory()) {
    return settingsText(settings, cwd);
  }

  #notice(text) {
    if (this.#options.onNotice) this.#options.onNotice(text);
  }

  // ---- commands

  /** A string for `sh -c` that runs command, shell text, by the rules. */
  async wrapWithSandbox(command, binShell, customConfig, abortSignal, options) {
    checkText(command, 'command');
    const argv = await this.#wrap(command, binShell, customConfig, abortSignal, undefined, options);
    return shellCommand(argv);
  }

  /** {argv, env} for spawn without a shell. command may be a list of words, which are run as they are. */
  async wrapWithSandboxArgv(command, binShell, customConfig, abortSignal, cwd, options) {
    const argv = await this.#wrap(command, binShell, customConfig, abortSignal, cwd, options);
    return { argv, env: { ...process.env } };
  }

  async #wrap(command, binShell, customConfig, abortSignal, cwd, options) {
    const words = operands(command, binShell);
    const custom = customConfig === undefined || customConfig === null ? undefined : copySettings(customConfig, 'customConfig');
    if (abortSignal) abortSignal.throwIfAborted();
    await this.initialize();
    const directory = cwd || this.#directory();
    if (custom) await this.#custom.check(this.#programs, this.#text(mergeSettings(this.#settings, custom), directory), directory);
    if (this.#closed) throw this.#closedError('wrapWithSandbox');
    const text = Array.isArray(command) ? command.join(' ') : command;
    const run = {
      key: (options && options.commandId) || text,
      text: (options && options.commandText) || text,
      settings: this.#settings,
      custom,
      cwd: directory,
      signal: abortSignal || undefined,
      running: 0,
    };
    const token = crypto.randomBytes(16).toString('hex');
    await this.#register(token, run, this.#startMessage(run, options, abortSignal));
    if (abortSignal) onAbort(abortSignal, token, () => this.#drop(token, true));
    if (abortSignal && abortSignal.aborted) this.#drop(token, true);
    if (abortSignal) abortSignal.throwIfAborted();
    return [this.#programs.srt, `--session=${this.#broker.path}#${token}`, ...words];
  }

  async #register(token, run, start) {
    this.#runs.set(token, run);
    try {
      await this.#broker.wrap(token, start, (kind, message, channel) => this.#heard(token, kind, message, channel));
    } catch (error) {
      this.#drop(token, true);
      throw error;
    }
    if (this.#closed) throw this.#closedError('wrapWithSandbox');
    for (const [old, other] of this.#runs) {
      if (this.#runs.size <= RUNS_MAX) break;
      if (other.running === 0 && old !== token) this.#drop(old, false);
    }
  }

  #startMessage(run, options, abortSignal) {
    return {
      settings: this.#text(mergeSettings(run.settings, run.custom), run.cwd),
      label: run.custom ? 'settings with customConfig' : 'settings',
      directory: run.cwd,
      backend: this.#backend.name,
      allowUnenforced: this.#backend.allowUnenforced,
      commandId: (options && options.commandId) || undefined,
      commandText: run.text,
      ask: this.#ask !== undefined,
      live: true,
      endWithSession: Boolean(this.#options.endWithSession || abortSignal),
      quiet: this.#options.quiet !== false,
    };
  }

  #drop(token, end) {
    const run = this.#runs.get(token);
    if (run && run.signal) forget(run.signal, token);
    this.#runs.delete(token);
    if (this.#broker) this.#broker.drop(token, end);
  }

  #heard(token, kind, message, channel) {
    const run = this.#runs.get(token);
    if (!run) return;
    if (kind === 'hello') this.#began(run);
    else if (kind === 'closed') run.running--;
    else if (kind === 'violation') this.#store.addViolation(toEvent(message.violation, run));
    else if (kind === 'lost') this.#store.addLost(message.lost);
    else if (kind === 'ask') this.#answer(channel, message);
    else if (kind === 'notice') this.#notice(message.notice);
    else if (kind === 'error') this.#failed(run, message.error);
    else if (kind === 'problem') {
      this.#failed(run, message.text);
      this.#notice(message.text);
    }
  }

  #began(run) {
    run.running++;
    this.#failures.delete(run.key);
  }

  #failed(run, why) {
    this.#failures.delete(run.key);
    this.#failures.set(run.key, why);
    if (this.#failures.size > RUNS_MAX) this.#failures.delete(this.#failures.keys().next().value);
  }

  /** Whatever goes wrong in the program's function, the host is not reached. */
  async #answer(channel, { ask, host, port }) {
    let allow = false;
    try {
      await undefined; // never within the call that heard of it
      allow = this.#ask !== undefined && (await this.#ask({ host, port })) === true;
    } catch (error) {
      this.#notice(`the question about ${host}:${port} failed, it is refused: ${error && error.message}`);
    }
    if (this.#broker) this.#broker.answer(channel, ask, allow);
  }

  /** Nothing is left behind by a command; here for programs that call it. */
  cleanupAfterCommand() {}

  // ---- settings

  /** New settings: for hosts they count at once, also for what runs; everything else for the next command. */
  updateConfig(newConfig) {
    if (!this.#broker) throw this.#closed ? this.#closedError('updateConfig') : notInitialized('updateConfig');
    const settings = copySettings(newConfig, 'settings');
    const found = planSync(this.#programs, this.#text(settings), this.#directory(), this.#backend);
    if (found.refused) throw new SandboxError('SRT_UNAVAILABLE', found.refused);
    const updates = [...this.#runs].map(([token, run]) => {
      const { network, ...others } = run.settings;
      const renewed = settings.network === undefined ? others : { ...others, network: settings.network };
      return { token, run, renewed, text: this.#text(mergeSettings(renewed, run.custom), run.cwd) };
    });
    this.#settings = settings;
    for (const { token, run, renewed, text } of updates) {
      run.settings = renewed;
      this.#broker.update(token, text);
    }
  }

  /** Ends the session: its socket is gone, nothing that was wrapped can start any more. */
  async reset() {
    if (this.#closed) return;
    if (this.#broker) this.#broker.drain();
    this.#closed = true;
    if (this.#ready) await this.#ready.catch(() => {});
    for (const token of [...this.#runs.keys()]) this.#drop(token, true);
    this.#leaveBroker();
    disconnect(this.#store, this);
  }

  close() {
    return this.reset();
  }

  // ---- questions

  isSandboxingEnabled() {
    return !this.#closed;
  }

  async waitForNetworkInitialization() {
    await this.initialize();
    return true;
  }

  getConfig() {
    return structuredClone(this.#settings);
  }

  #restrictions() {
    return new Restrictions(this.#programs || findPrograms(this.#options.srtPath), this.#settings, this.#directory(), this.#backend);
  }

  getFsReadConfig() {
    return this.#restrictions().read();
  }

  getFsWriteConfig() {
    return this.#restrictions().write();
  }

  getNetworkRestrictionConfig() {
    return this.#restrictions().network();
  }

  #network(key) {
    return structuredClone((this.#settings.network || {})[key]);
  }

  getAllowUnixSockets() {
    return this.#network('allowUnixSockets');
  }

  getAllowLocalBinding() {
    return this.#network('allowLocalBinding');
  }

  getAllowMachLookup() {
    return this.#network('allowMachLookup');
  }

  getIgnoreViolations() {
    return structuredClone(this.#settings.ignoreViolations);
  }

  getEnableWeakerNestedSandbox() {
    return this.#settings.enableWeakerNestedSandbox;
  }

  // Each command has proxies of its own, in a network of its own: there is no port or socket on the host.

  getProxyPort() {
    return this.#network('httpProxyPort');
  }

  getSocksProxyPort() {
    return this.#network('socksProxyPort');
  }

  getProxyAuthToken() {
    return undefined;
  }

  getLinuxHttpSocketPath() {
    return undefined;
  }

  getLinuxSocksSocketPath() {
    return undefined;
  }

  /** Every list takes patterns, so there is nothing to warn of. */
  getLinuxGlobPatternWarnings() {
    return [];
  }

  // ---- refusals

  getSandboxViolationStore() {
    return this.#store;
  }

  annotateStderrWithSandboxFailures(id, stderr) {
    return annotate(stderr, this.#store.getViolationsForCommand(id));
  }

  /** Why srt could not run the command the last time, undefined when it could. */
  getCommandFailure(id) {
    if (this.#broker) this.#broker.drain();
    return this.#failures.get(id);
  }
}

/** What stands behind srt's options. */
function operands(command, binShell) {
  if (Array.isArray(command)) {
    if (command.length === 0) throw new SandboxError('SRT_ARGUMENT', 'command: found an empty list, expected at least the program');
    command.forEach((word, i) => checkText(word, `command[${i}]`));
    if (binShell) throw new SandboxError('SRT_ARGUMENT', 'binShell: a list of words is run without a shell');
    if (command.length === 1 && /[\s"'`$&|;<>()*?[\]{}~#!\\]/.test(command[0])) {
      return ['-c', quote(command[0])]; // a single such operand would be shell text
    }
    return ['--', ...command];
  }
  checkText(command, 'command');
  if (command.trim() === '') throw new SandboxError('SRT_ARGUMENT', 'command: found nothing, expected a command');
  if (binShell !== undefined && binShell !== null) {
    checkText(binShell, 'binShell');
    return ['--', findShell(binShell), '-c', command];
  }
  return ['-c', command];
}

module.exports = { Sandbox };
