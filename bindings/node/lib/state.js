// SPDX-License-Identifier: Apache-2.0
// Where managers listen: a directory that no sandboxed command sees, in srt's state directory.
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { SandboxError } = require('./errors');
const { homeDirectory } = require('./program');

const NAME = /^(\.new-)?[0-9a-f]{16}$/;
const PATH_MAX = process.platform === 'linux' ? 107 : 103; // sun_path, without its end
const NEW = '.new-'; // of one that is not listened on yet
const NEW_MS = 60000;

function stateDirectory() {
  const state = process.env.XDG_STATE_HOME;
  return path.join(state && path.isAbsolute(state) ? state : path.join(homeDirectory(), '.local', 'state'), 'srt');
}

function unusable(directory, why, cause) {
  return new SandboxError('SRT_CHANNEL', `${directory} cannot be used for the session's socket: ${why}. XDG_STATE_HOME may name a directory of your own`, { cause });
}

/** Makes a directory of ours alone, or sees that it is. */
function ownDirectory(directory) {
  try {
    fs.mkdirSync(path.dirname(directory), { recursive: true, mode: 0o700 });
    fs.mkdirSync(directory, { mode: 0o700 });
  } catch (cause) {
    if (cause.code !== 'EEXIST') throw unusable(directory, cause.message, cause);
  }
  const stat = fs.lstatSync(directory);
  if (!stat.isDirectory()) throw unusable(directory, 'it is no directory');
  if (stat.uid !== process.geteuid()) throw unusable(directory, 'it belongs to somebody else');
  if ((stat.mode & 0o077) !== 0) fs.chmodSync(directory, 0o700);
}

/** A path for a new socket; the directories are made. */
function newSocketPath() {
  const state = stateDirectory();
  const directory = path.join(state, 'sessions');
  ownDirectory(state);
  ownDirectory(directory);
  const file = path.join(directory, crypto.randomBytes(8).toString('hex'));
  if (Buffer.byteLength(newName(file)) > PATH_MAX) {
    throw unusable(directory, `the path of a socket there is longer than ${PATH_MAX} bytes`);
  }
  return file;
}

function newName(file) {
  return path.join(path.dirname(file), NEW + path.basename(file));
}

/**
 * Makes server listen at file. A name that nobody listens at yet would be removed by others who begin at
 * this moment, so the socket gets its name when it is listened on.
 */
function listen(server, file, ready) {
  server.listen(newName(file), () => {
    try {
      fs.chmodSync(newName(file), 0o600);
      fs.renameSync(newName(file), file);
    } catch (error) {
      server.emit('error', error);
      return;
    }
    ready();
  });
}

/** Removes sockets of managers that are gone. */
function removeStale(directory) {
  let names = [];
  try {
    names = fs.readdirSync(directory).filter(name => NAME.test(name));
  } catch {
    return;
  }
  for (const name of names) {
    const file = path.join(directory, name);
    try {
      const stat = fs.lstatSync(file);
      if (!stat.isSocket() || (name.startsWith(NEW) && Date.now() - stat.mtimeMs < NEW_MS)) continue;
    } catch {
      continue;
    }
    const probe = net.connect(file);
    probe.on('connect', () => probe.destroy());
    probe.on('error', error => {
      if (error.code === 'ECONNREFUSED') fs.rmSync(file, { force: true });
    });
    probe.unref();
  }
}

module.exports = { listen, newSocketPath, removeStale };
