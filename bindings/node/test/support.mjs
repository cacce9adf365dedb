// SPDX-License-Identifier: Apache-2.0
// What the tests share: places that are removed afterwards, and ways to run a wrapped command.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const HERE = path.dirname(fileURLToPath(import.meta.url));
export const FAKE = path.join(HERE, 'fake', 'srt');

/** A fresh directory, also home and place of srt's records; gone when the file's tests are over. */
export function lab() {
  const top = fs.mkdtempSync('/var/tmp/srt-node-');
  const home = path.join(top, 'home');
  const work = path.join(home, 'work');
  fs.mkdirSync(work, { recursive: true });
  process.env.HOME = home;
  delete process.env.XDG_STATE_HOME;
  delete process.env.TMPDIR;
  for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];
  process.chdir(work);
  after(() => {
    process.chdir('/');
    fs.rmSync(top, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }); // srt may still write a record
  });
  return { top, home, work, outside: path.join(top, 'outside') };
}

/** Runs a command and waits: {status, signal, stdout, stderr}. */
export function finish(child) {
  return new Promise((resolve, reject) => {
    const out = [], err = [];
    child.stdout.on('data', piece => out.push(piece));
    child.stderr.on('data', piece => err.push(piece));
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({
      status, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(),
    }));
  });
}

/** As programs do it: a shell runs the string. */
export function run(wrapped, options = {}) {
  return finish(spawn(wrapped, { shell: true, stdio: ['ignore', 'pipe', 'pipe'], ...options }));
}

export function runArgv({ argv, env }, options = {}) {
  return finish(spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'], ...options }));
}

/** Steps for the double of srt (fake/srt) as a command. */
export const steps = (...list) => JSON.stringify(list);

export function violation(operation, target, more = {}) {
  return { violation: { operation, target, rule: 'filesystem.allowWrite', time: '2026-01-02T03:04:05.000006Z', count: 1, ...more } };
}

/** Waits for something that has no event of its own. */
export async function until(question) {
  const end = Date.now() + 120000;
  while (!question()) {
    if (Date.now() > end) throw new Error(`never so: ${question}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
