// SPDX-License-Identifier: Apache-2.0
// Settings as the program gives them, and as srt gets them: a text, in which no path depends on where
// the command is started or on its HOME.
'use strict';

const { SandboxError } = require('./errors');
const { homeDirectory } = require('./program');

// Objects of which a command's own settings replace single keys; everything else is replaced whole.
const MERGED = ['network', 'filesystem', 'env', 'git', 'violations'];
const PATH_LISTS = {
  filesystem: ['denyRead', 'allowRead', 'allowWrite', 'denyWrite'],
  network: ['allowUnixSockets'],
};
const TEXT_MAX = 2 * 1024 * 1024; // it is quoted once more on its way to srt, where 4 MiB is the limit

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of plain data. Functions are refused: srt is another program. */
function copySettings(value, what) {
  if (!isObject(value)) {
    throw new SandboxError('SRT_ARGUMENT',
      `${what}: found ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value}, expected an object with settings`);
  }
  return copyValue(value, what);
}

function copyValue(value, where) {
  if (typeof value === 'function') {
    throw new SandboxError('SRT_UNSUPPORTED', where.endsWith('.filterRequest')
      ? `${where} is not supported: srt's proxies judge hosts and ports, not single requests. Remove it, and name the hosts in network.allowedDomains`
      : `${where}: found a function, expected data`);
  }
  if (Array.isArray(value)) return value.map((item, i) => copyValue(item, `${where}[${i}]`));
  if (!isObject(value)) {
    if (typeof value === 'bigint' || typeof value === 'symbol' || (typeof value === 'number' && !Number.isFinite(value))) {
      throw new SandboxError('SRT_ARGUMENT', `${where}: found ${String(value)}, expected what JSON can hold`);
    }
    return value;
  }
  const copy = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) define(copy, key, copyValue(item, `${where}.${key}`));
  }
  return copy;
}

/** Also for "__proto__", which srt then refuses as an unknown key. */
function define(object, key, value) {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The settings of one command: each key that custom has in place of the one in base. */
function mergeSettings(base, custom) {
  if (!custom) return base;
  const merged = { ...base };
  for (const [key, value] of Object.entries(custom)) {
    const both = MERGED.includes(key) && isObject(value) && isObject(merged[key]);
    define(merged, key, both ? { ...merged[key], ...value } : value);
  }
  // Rules for one command count, also where the settings for all have none.
  if (isObject(custom.filesystem) && custom.filesystem.disabled === undefined && isObject(merged.filesystem) && merged.filesystem.disabled) {
    merged.filesystem = { ...merged.filesystem, disabled: false };
  }
  return merged;
}

function hasWildcard(text) {
  return /[*?[]/.test(text);
}

function literal(text) {
  return text.replace(/[*?[]/g, '[$&]');
}

/** An entry of a list of paths, absolute. Wildcards in the directory mean themselves. */
function absolutePath(entry, cwd, home) {
  if (typeof entry !== 'string' || entry === '' || entry.startsWith('/')) return entry; // wrong ones are srt's to refuse
  const inHome = entry === '~' || entry.startsWith('~/');
  if (!inHome && entry.startsWith('~')) return entry;
  const base = inHome ? home : cwd;
  const rest = inHome ? entry.slice(2) : entry.replace(/^(\.\/+)+/, '');
  if (rest === '' || rest === '.') return hasWildcard(base) ? literal(base) : base;
  const front = hasWildcard(base) || hasWildcard(rest) ? literal(base) : base;
  return `${front === '/' ? '' : front}/${rest}`;
}

/**
 * A list of paths, absolute. A pattern that begins with two stars means every place in lists that deny;
 * it stays as it is, and joins for this directory at the end.
 */
function absoluteList(list, key, cwd, home) {
  const everywhere = key.startsWith('deny') ? list.filter(p => typeof p === 'string' && /^(\.\/+)*\*\*(\/|$)/.test(p)) : [];
  const rest = list.map(p => (everywhere.includes(p) ? p : absolutePath(p, cwd, home)));
  return [...rest, ...everywhere.map(p => absolutePath(p, cwd, home))];
}

/** The settings with every path absolute. */
function resolvePaths(settings, cwd) {
  const home = homeDirectory();
  const resolved = { ...settings };
  for (const [room, keys] of Object.entries(PATH_LISTS)) {
    if (!isObject(settings[room])) continue;
    resolved[room] = { ...settings[room] };
    for (const key of keys) {
      if (Array.isArray(settings[room][key])) resolved[room][key] = absoluteList(settings[room][key], key, cwd, home);
    }
  }
  const credentials = settings.credentials;
  if (isObject(credentials) && Array.isArray(credentials.files)) {
    const files = credentials.files.map(f => (isObject(f) && typeof f.path === 'string' ? { ...f, path: absolutePath(f.path, cwd, home) } : f));
    resolved.credentials = { ...credentials, files };
  }
  return resolved;
}

function settingsText(settings, cwd) {
  const text = JSON.stringify(resolvePaths(settings, cwd));
  if (Buffer.byteLength(text) > TEXT_MAX) {
    throw new SandboxError('SRT_SETTINGS', `the settings are ${Buffer.byteLength(text)} bytes long as text, and at most ${TEXT_MAX} are taken: use patterns instead of long lists`);
  }
  return text;
}

module.exports = { absolutePath, copySettings, hasWildcard, isObject, mergeSettings, resolvePaths, settingsText };
