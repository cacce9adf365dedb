// SPDX-License-Identifier: Apache-2.0
// What the settings come to, in the form in which the getters give it. Where there are patterns, srtctl
// says what they stand for.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { SandboxError, SandboxSettingsError } = require('./errors');
const { homeDirectory, runCtl, runCtlSync } = require('./program');
const { absolutePath, hasWildcard, settingsText } = require('./settings');

const DEVICES = ['/dev/stdout', '/dev/stderr', '/dev/null', '/dev/tty', '/dev/dtracehelper', '/dev/autofs_nowait'];
const PLACES = ['/tmp/claude', '/private/tmp/claude', '~/.npm/_logs', '~/.claude/debug'];

function planArguments(backend) {
  const words = ['plan', '--json', '--settings=-'];
  if (backend.name) words.push(`--backend=${backend.name}`);
  if (backend.allowUnenforced) words.push(`--allow-unenforced=${backend.allowUnenforced}`);
  return words;
}

/** srtctl's plan out of what it printed, or the error that it means. */
function readPlan({ status, stdout, stderr }) {
  let plan;
  try {
    plan = JSON.parse(stdout);
  } catch {
    const lines = stderr.split('\n').map(line => line.replace(/^srt(ctl)?: /, '').replace(/^error: /, '')).filter(line => line !== '');
    throw status === 1 || status === 125
      ? new SandboxSettingsError(lines)
      : new SandboxError('SRT_UNAVAILABLE', `srtctl plan ended with status ${status}: ${stderr}`);
  }
  return plan;
}

async function plan(programs, text, cwd, backend) {
  return readPlan(await runCtl(programs, planArguments(backend), { input: text, cwd }));
}

function planSync(programs, text, cwd, backend) {
  return readPlan(runCtlSync(programs, planArguments(backend), { input: text, cwd }));
}

function isOwnDirectory(directory) {
  try {
    const stat = fs.lstatSync(directory);
    return stat.isDirectory() && stat.uid === process.geteuid();
  } catch {
    return false;
  }
}

function isBelow(file, directory) {
  return file === directory || file.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** What can be written whatever the settings say: devices, and places of tools that exist. */
function getDefaultWritePaths(rules = {}) {
  const home = homeDirectory();
  const absolute = list => (list || []).map(entry => absolutePath(entry, process.cwd(), home));
  const denied = absolute(rules.denyRead), allowed = absolute(rules.allowRead);
  const places = PLACES.filter(place => {
    const file = absolutePath(place, '/', home);
    if (!isOwnDirectory(file)) return false;
    return !place.startsWith('~') || allowed.some(d => isBelow(file, d)) || !denied.some(d => isBelow(file, d));
  });
  return [...DEVICES.filter(file => fs.existsSync(file)), ...places.map(place => absolutePath(place, '/', home))];
}

/** Where a literal entry leads. */
function realPlace(file) {
  try {
    return fs.realpathSync(file);
  } catch {
    return path.normalize(file).replace(/(.)\/$/, '$1');
  }
}

class Restrictions {
  #programs;
  #settings;
  #cwd;
  #backend;
  #plan;

  /** settings: as the program gave them; what is asked holds for the moment of the first question. */
  constructor(programs, settings, cwd, backend) {
    this.#programs = programs;
    this.#settings = settings;
    this.#cwd = cwd;
    this.#backend = backend;
  }

  #files() {
    return this.#settings.filesystem || {};
  }

  #list(key) {
    const entries = this.#files()[key] || [];
    const home = homeDirectory();
    return [...new Set(entries.flatMap((entry, i) => {
      if (hasWildcard(entry)) return this.#expand(`filesystem.${key}[${i}]`);
      return [realPlace(path.resolve(this.#cwd, entry.startsWith('~') ? absolutePath(entry, '/', home) : entry))];
    }))];
  }

  #expand(pointer) {
    if (!this.#plan) {
      this.#plan = planSync(this.#programs, settingsText(this.#settings, this.#cwd), this.#cwd, this.#backend);
    }
    return this.#plan.files.regions.filter(r => r.rule && r.rule.pointer === pointer).map(r => r.path);
  }

  read() {
    if (this.#files().disabled) return { denyOnly: [], allowWithinDeny: [] };
    const home = homeDirectory();
    const credentials = ((this.#settings.credentials || {}).files || []).filter(f => f.mode === 'deny');
    const places = credentials.map(f => realPlace(absolutePath(f.path, this.#cwd, home)));
    return { denyOnly: [...new Set([...this.#list('denyRead'), ...places])], allowWithinDeny: this.#list('allowRead') };
  }

  write() {
    if (this.#files().disabled) return { allowOnly: ['/'], denyWithinAllow: [] };
    const own = this.#files().allowWrite === undefined ? [this.#cwd] : this.#list('allowWrite');
    return {
      allowOnly: [...new Set([...getDefaultWritePaths(this.#files()), ...own])],
      denyWithinAllow: this.#list('denyWrite'),
    };
  }

  network() {
    const { allowedDomains, deniedDomains } = this.#settings.network || {};
    return {
      allowedHosts: [...(allowedDomains || [])],
      ...(deniedDomains && deniedDomains.length > 0 ? { deniedHosts: [...deniedDomains] } : {}),
    };
  }
}

module.exports = { Restrictions, getDefaultWritePaths, plan, planSync };
