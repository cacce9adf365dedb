// SPDX-License-Identifier: Apache-2.0
'use strict';

const { LinuxSandboxProfileError, SandboxError } = require('./errors');

// Longest single argument of Linux (32 pages of 4 KiB), with its end. The whole string becomes one
// argument of `sh -c`.
const ARGUMENT_MAX = 131072;

/** One word for a POSIX shell, whatever is in it. */
function quote(word) {
  return `'${word.replace(/'/g, `'\\''`)}'`;
}

function checkText(text, what) {
  if (typeof text !== 'string') {
    throw new SandboxError('SRT_ARGUMENT', `${what}: found ${typeof text}, expected a string`);
  }
  if (text.includes('\0')) {
    throw new LinuxSandboxProfileError('nul_in_path', `${what} holds a NUL byte, which no argument of a program can`);
  }
}

/** A command line for `sh -c`. */
function shellCommand(argv) {
  const text = argv.map(quote).join(' ');
  if (Buffer.byteLength(text) >= ARGUMENT_MAX) {
    throw new LinuxSandboxProfileError('command_too_long',
      `the command is ${Buffer.byteLength(text)} bytes long when quoted, and a shell takes less than ${ARGUMENT_MAX} in one argument: ` +
      'put it into a file, or use wrapWithSandboxArgv with a list of words');
  }
  return text;
}

module.exports = { checkText, quote, shellCommand };
