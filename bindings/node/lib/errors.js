// SPDX-License-Identifier: Apache-2.0
'use strict';

/**
 * Whatever this module refuses. `code` is fixed text for programs; the message is for people.
 *   SRT_NOT_FOUND        srt is not installed, or not where it was said to be
 *   SRT_NOT_INITIALIZED  there are no settings yet, or not any more
 *   SRT_INITIALIZED      there are other settings already
 *   SRT_SETTINGS         the settings are wrong; `issues` says where
 *   SRT_UNAVAILABLE      this machine cannot do it
 *   SRT_UNSUPPORTED      srt has no such thing
 *   SRT_ARGUMENT         a wrong argument
 *   SRT_CHANNEL          the connection to srt cannot be made
 */
class SandboxError extends Error {
  constructor(code, message, more) {
    super(message, more && more.cause !== undefined ? { cause: more.cause } : undefined);
    this.name = 'SandboxError';
    this.code = code;
  }
}

/** Settings that srt refuses: `issues` has one entry for each problem, all of them at once. */
class SandboxSettingsError extends SandboxError {
  /** what: an argument, which the message names where the settings came that way. */
  constructor(problems, what) {
    const issues = problems.map(toIssue);
    const front = what ? `${what}: ` : '';
    super('SRT_SETTINGS', issues.map(issue => front + issueText(issue)).join('\n') || `${front}the settings are wrong`);
    this.name = 'SandboxSettingsError';
    this.issues = issues;
  }

  get errors() {
    return this.issues;
  }
}

/** "standard input:LINE:COLUMN: pointer: text", as srtctl prints it; the text is of our own making. */
function toIssue(problem) {
  const text = problem.replace(/^standard input(:\d+:\d+)?: /, '');
  const match = /^([A-Za-z][\w.[\]"'-]*): ([\s\S]*)$/.exec(text);
  if (!match) return { code: 'custom', path: [], pointer: '', message: text };
  return { code: 'custom', path: toPath(match[1]), pointer: match[1], message: match[2] };
}

function issueText({ pointer, message }) {
  return pointer ? `${pointer}: ${message}` : message;
}

/** "filesystem.denyRead[0]" as ["filesystem", "denyRead", 0]. */
function toPath(pointer) {
  const path = [];
  for (const part of (pointer || '').matchAll(/\[(\d+)\]|\["([^"]*)"\]|([^.[\]]+)/g)) {
    path.push(part[1] !== undefined ? Number(part[1]) : part[2] !== undefined ? part[2] : part[3]);
  }
  return path;
}

/**
 * A command that cannot be handed over. The name and the codes are those of
 * `@anthropic-ai/sandbox-runtime`; here only 'command_too_long' and 'nul_in_path' occur.
 */
class LinuxSandboxProfileError extends Error {
  constructor(code, message, cause) {
    super(message, cause !== undefined ? { cause } : undefined);
    this.name = 'LinuxSandboxProfileError';
    this.code = code;
  }
}

function notInitialized(what) {
  return new SandboxError('SRT_NOT_INITIALIZED',
    `${what}: there are no settings; call initialize(settings) first. Nothing is run without rules.`);
}

module.exports = { LinuxSandboxProfileError, SandboxError, SandboxSettingsError, notInitialized, toIssue, toPath };
