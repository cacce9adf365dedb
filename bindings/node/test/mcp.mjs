// SPDX-License-Identifier: Apache-2.0
// A real MCP server, from npm, that runs in a sandbox and is spoken to by JSON-RPC over its standard streams.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Sandbox } from '../index.mjs';
import { lab, until } from './support.mjs';

const SERVER = '@modelcontextprotocol/server-filesystem';
const own = { ...process.env };
const place = lab();

/** JSON-RPC 2.0, a message a line. */
class Client {
  #child;
  #waiting = new Map();
  #next = 1;

  constructor({ argv, env }) {
    this.#child = spawn(argv[0], argv.slice(1), { env, stdio: ['pipe', 'pipe', 'inherit'] });
    let rest = '';
    this.#child.stdout.setEncoding('utf8').on('data', piece => {
      const lines = (rest + piece).split('\n');
      rest = lines.pop();
      for (const line of lines.filter(Boolean)) this.#take(JSON.parse(line));
    });
    this.ended = new Promise(resolve => this.#child.on('close', resolve));
    this.ended.then(status => this.#waiting.forEach(({ reject }) => reject(new Error(`the server has ended: ${status}`))));
  }

  #take({ id, result, error, method }) {
    if (method !== undefined) {
      if (id !== undefined) this.#send({ id, error: { code: -32601, message: 'not here' } }); // roots/list and the like
      return;
    }
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  }

  #send(message) {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  ask(method, params) {
    const id = this.#next++;
    this.#send({ id, method, params });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  tell(method) {
    this.#send({ method });
  }

  call(name, args) {
    return this.ask('tools/call', { name, arguments: args });
  }

  kill() {
    this.#child.kill();
  }

  close() {
    this.#child.stdin.end();
    return this.ended;
  }
}

fs.writeFileSync(path.join(place.top, 'package.json'), '{}');
const install = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-update-notifier', SERVER], { env: own, encoding: 'utf8', cwd: place.top });
if (install.status !== 0) {
  console.log(`npm cannot install ${SERVER}: ${install.error || install.stderr}`);
  process.chdir('/');
  fs.rmSync(place.top, { recursive: true, force: true });
  process.exit(process.env.SRT_TEST_STRICT === '1' ? 1 : 77);
}

test('an MCP server does what the settings allow, whatever it was told itself', async context => {
  fs.mkdirSync(place.outside);
  fs.mkdirSync('data');
  fs.writeFileSync('data/note', 'a note');
  const sandbox = await Sandbox.create({ filesystem: { allowWrite: ['data'] } });
  const program = path.join(place.top, 'node_modules', SERVER, 'dist/index.js');
  const client = new Client(await sandbox.wrapWithSandboxArgv([process.execPath, program, place.work, place.outside],
    undefined, undefined, undefined, undefined, { commandId: 'mcp' }));
  context.after(() => client.kill()); // where it did not end itself

  const hello = await client.ask('initialize', { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'test', version: '1' } });
  assert.ok(hello.serverInfo.name);
  client.tell('notifications/initialized');
  const { tools } = await client.ask('tools/list', {});
  assert.ok(tools.some(tool => tool.name === 'write_file'));

  const read = await client.call('read_text_file', { path: path.join(place.work, 'data/note') });
  assert.equal(read.content[0].text, 'a note');
  const inside = await client.call('write_file', { path: path.join(place.work, 'data/new'), content: 'x' });
  assert.ok(!inside.isError, JSON.stringify(inside));
  assert.equal(fs.readFileSync('data/new', 'utf8'), 'x');
  const outside = await client.call('write_file', { path: path.join(place.outside, 'new'), content: 'x' });
  assert.ok(outside.isError, JSON.stringify(outside));
  assert.deepEqual(fs.readdirSync(place.outside), []);
  const store = sandbox.getSandboxViolationStore();
  // Told while it runs, but not by the way that the answer comes.
  await until(() => store.getViolationsForCommand('mcp').some(v => v.record.target.startsWith(place.outside)));
  assert.equal(await client.close(), 0);
  await sandbox.reset();
});
