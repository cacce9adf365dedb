// SPDX-License-Identifier: Apache-2.0
// What srtctl check says of settings.
'use strict';

const crypto = require('node:crypto');
const { SandboxError, SandboxSettingsError } = require('./errors');
const { runCtl } = require('./program');

const CHECK = ['check', '--json', '-'];
const KNOWN_MAX = 64; // texts that were found good; srt looks at each again

/** The problems that `srtctl check` names. */
function problemsOf({ status, stdout, stderr }) {
  let answer;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw new SandboxError('SRT_UNAVAILABLE', `srtctl check ended with status ${status}: ${stderr || stdout}`);
  }
  return answer.problems;
}

/** Settings of single commands, judged when those are wrapped and not only when they are run. */
class CustomRules {
  #known = new Set();

  /** Rejects with what srtctl says is wrong. text: the session's settings and the command's, as one. */
  async check(programs, text, directory) {
    const key = crypto.createHash('sha256').update(`${directory}\0${text}`).digest('base64');
    if (this.#known.has(key)) return;
    const problems = problemsOf(await runCtl(programs, CHECK, { input: text, cwd: directory }));
    if (problems.length > 0) throw new SandboxSettingsError(problems, 'customConfig');
    this.#known.add(key);
    if (this.#known.size > KNOWN_MAX) this.#known.delete(this.#known.values().next().value);
  }
}

module.exports = { CHECK, CustomRules, problemsOf };
