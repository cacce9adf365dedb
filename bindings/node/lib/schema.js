// SPDX-License-Identifier: Apache-2.0
// Objects that look like schemas: what they judge, srt judges. Nothing is judged twice, by two programs.
'use strict';

const { CHECK, problemsOf } = require('./check');
const { SandboxError, SandboxSettingsError } = require('./errors');
const { findPrograms, runCtl, runCtlSync } = require('./program');
const { copySettings } = require('./settings');

class SettingsSchema {
  #wrap;
  #depth;

  /** wrap: the place of such a value in settings; depth: how many keys lead there. */
  constructor(wrap, depth) {
    this.#wrap = wrap;
    this.#depth = depth;
  }

  #prepare(value) {
    try {
      const data = copySettings(value, 'settings');
      return { data, text: JSON.stringify(this.#wrap(data)) };
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      return { error: new SandboxSettingsError([error.message]) };
    }
  }

  #judge(data, problems) {
    if (problems.length === 0) return { success: true, data };
    const error = new SandboxSettingsError(problems);
    for (const issue of error.issues) issue.path = issue.path.slice(this.#depth);
    return { success: false, error };
  }

  safeParse(value) {
    const { data, text, error } = this.#prepare(value);
    if (error) return { success: false, error };
    return this.#judge(data, problemsOf(runCtlSync(findPrograms(), CHECK, { input: text })));
  }

  async safeParseAsync(value) {
    const { data, text, error } = this.#prepare(value);
    if (error) return { success: false, error };
    return this.#judge(data, problemsOf(await runCtl(findPrograms(), CHECK, { input: text })));
  }

  parse(value) {
    return unwrap(this.safeParse(value));
  }

  async parseAsync(value) {
    return unwrap(await this.safeParseAsync(value));
  }
}

function unwrap(result) {
  if (!result.success) throw result.error;
  return result.data;
}

const of = (...keys) => new SettingsSchema(value => keys.reduceRight((inner, key) => ({ [key]: inner }), value), keys.length);

module.exports = {
  CredentialsConfigSchema: of('credentials'),
  FilesystemConfigSchema: of('filesystem'),
  GitConfigSchema: of('git'),
  IgnoreViolationsConfigSchema: of('ignoreViolations'),
  NetworkConfigSchema: of('network'),
  RipgrepConfigSchema: of('ripgrep'),
  SandboxRuntimeConfigSchema: of(),
  SrtWinConfigSchema: of('windows', 'srtWin'),
  WindowsConfigSchema: of('windows'),
};
