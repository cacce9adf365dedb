// SPDX-License-Identifier: Apache-2.0
// The module's side of the session channel, against a double of srt (fake/) that does what it is told.
import assert from 'node:assert/strict';
import { execSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, test } from 'node:test';
import { Sandbox, SandboxManager } from '../index.mjs';
import { FAKE, HERE, finish, lab, run, runArgv, steps, until, violation } from './support.mjs';

process.env.SRT_PROGRAM = FAKE;
const place = lab();
const SETTINGS = { network: { allowedDomains: ['a.example'], deniedDomains: [] }, filesystem: { denyRead: ['~/.ssh'], allowWrite: ['.'], denyWrite: [] } };
const sockets = path.join(place.home, '.local/state/srt/sessions');
const store = SandboxManager.getSandboxViolationStore();
const heard = result => result.stdout.split('\n').filter(Boolean).map(line => JSON.parse(line));
const ended = { send: { ended: 0 } };

afterEach(async () => {
  await SandboxManager.reset();
  store.clear();
});

test('nothing is wrapped without settings', async () => {
  await assert.rejects(SandboxManager.wrapWithSandbox('true'), { code: 'SRT_NOT_INITIALIZED' });
  await assert.rejects(SandboxManager.wrapWithSandboxArgv('true'), { code: 'SRT_NOT_INITIALIZED' });
  assert.throws(() => SandboxManager.updateConfig(SETTINGS), { code: 'SRT_NOT_INITIALIZED' });
  assert.equal(SandboxManager.isSandboxingEnabled(), false);
  assert.equal(SandboxManager.annotateStderrWithSandboxFailures('x', 'err'), 'err');
  assert.equal(await SandboxManager.waitForNetworkInitialization(), false);
});

test('wrong settings and a machine that cannot are errors, and may be tried again', async () => {
  await assert.rejects(SandboxManager.initialize({ wrong: 1 }), { code: 'SRT_SETTINGS', message: /^wrong: found an unknown key/ });
  await assert.rejects(SandboxManager.initialize({ refuse: 1 }), { code: 'SRT_UNAVAILABLE', message: /no backend can be used/ });
  assert.equal(SandboxManager.isSandboxingEnabled(), false);
  await SandboxManager.initialize(SETTINGS);
  assert.equal(SandboxManager.isSandboxingEnabled(), true);
});

test('a second initialize keeps the settings, or says that they differ', async () => {
  await Promise.all([SandboxManager.initialize(SETTINGS), SandboxManager.initialize({ ...SETTINGS })]);
  await assert.rejects(SandboxManager.initialize({}), { code: 'SRT_INITIALIZED' });
  assert.deepEqual(SandboxManager.getConfig(), SETTINGS);
});

test('srt gets the settings of the moment when it was wrapped', async () => {
  await SandboxManager.initialize(SETTINGS, async () => true);
  const wrapped = await SandboxManager.wrapWithSandbox(steps(ended), undefined, { filesystem: { allowWrite: [] } }, undefined,
    { commandId: 'id-1', commandText: 'make' });
  assert.match(wrapped, /^'[^']+\/srt' '--session=\/[^#']+#[0-9a-f]{32}' '-c' '/);
  process.chdir('/');
  const result = await run(wrapped, { env: { PATH: process.env.PATH, HOME: '/elsewhere' } });
  process.chdir(place.work);
  assert.equal(result.status, 0, result.stderr);
  const { start } = heard(result)[0];
  assert.deepEqual(JSON.parse(start.settings), {
    network: SETTINGS.network,
    filesystem: { denyRead: [`${place.home}/.ssh`], allowWrite: [], denyWrite: [] },
  });
  delete start.settings;
  assert.deepEqual(start, {
    label: 'settings with customConfig', directory: place.work, commandId: 'id-1', commandText: 'make', ask: true, live: true, endWithSession: false, quiet: true,
  });
});

test('a relative directory of writing is the one of the program, not of the shell', async () => {
  await SandboxManager.initialize(SETTINGS);
  const result = await run(await SandboxManager.wrapWithSandbox(steps(ended)), { cwd: '/' });
  assert.deepEqual(JSON.parse(heard(result)[0].start.settings).filesystem.allowWrite, [place.work]);
});

test('refusals belong to their command', async () => {
  await SandboxManager.initialize(SETTINGS);
  const command = i => steps({ send: violation('write', `/etc/${i}`) }, { send: { ended: i } });
  const results = await Promise.all([1, 2, 3, 4].map(async i => run(await SandboxManager.wrapWithSandbox(command(i)))));
  assert.deepEqual(results.map(r => r.status), [1, 2, 3, 4]);
  for (const i of [1, 2, 3, 4]) {
    const found = store.getViolationsForCommand(command(i));
    assert.deepEqual(found.map(v => v.line), [`deny write /etc/${i} (filesystem.allowWrite)`]);
    assert.equal(found[0].command, command(i));
    assert.equal(found[0].record.target, `/etc/${i}`);
    assert.equal(found[0].timestamp.toISOString(), '2026-01-02T03:04:05.000Z');
    assert.equal(SandboxManager.annotateStderrWithSandboxFailures(command(i), 'oh'),
      `oh\n<sandbox_violations>\ndeny write /etc/${i} (filesystem.allowWrite)\n</sandbox_violations>`);
  }
});

test('a connection is told as other programs know it', async () => {
  await SandboxManager.initialize(SETTINGS);
  const command = steps({ send: violation('connect', 'h.example:443', { reason: 'host is not on the allow list', count: 3 }) }, ended);
  const before = store.getTotalCount();
  await run(await SandboxManager.wrapWithSandbox(command, undefined, undefined, undefined, { commandId: 'c7', commandText: 'curl' }));
  const [event] = store.getViolationsForCommand('c7');
  assert.equal(event.line, 'deny network-outbound h.example:443 (host is not on the allow list)');
  assert.equal(event.command, 'curl');
  assert.equal(event.encodedCommand, Buffer.from('c7').toString('base64'));
  assert.equal(store.getTotalCount() - before, 3);
});

test('everything is there when the command has ended, also when the program waited for it', async () => {
  await SandboxManager.initialize(SETTINGS);
  const before = store.getTotalCount();
  const command = steps({ send: violation('write', '/etc/x'), repeat: 3000 }, { send: { lost: 40 } }, ended);
  execSync(await SandboxManager.wrapWithSandbox(command));
  assert.equal(store.getTotalCount() - before, 3040);
  assert.equal(store.getCount(), 100);
  await run(await SandboxManager.wrapWithSandbox(command));
  assert.equal(store.getTotalCount() - before, 6080);
});

test('a flood while the program waits is counted, not gathered', async () => {
  await SandboxManager.initialize(SETTINGS);
  const before = store.getTotalCount(), lost = store.getLostCount();
  execSync(await SandboxManager.wrapWithSandbox(steps({ send: violation('write', '/etc/x', { count: 2 }), repeat: 10000 }, ended)));
  assert.equal(store.getTotalCount() - before, 20000);
  assert.ok(store.getLostCount() - lost > 0);
});

test('listeners hear of refusals as they come', async () => {
  await SandboxManager.initialize(SETTINGS);
  const seen = [];
  const end = store.subscribe(list => {
    seen.push(list.length);
    assert.equal(store.getCount(), list.length, 'a listener may ask');
  });
  await run(await SandboxManager.wrapWithSandbox(steps({ send: violation('write', '/a') }, { send: violation('write', '/b') }, ended)));
  store.getCount();
  end();
  assert.deepEqual(seen, [0, 1, 2]);
});

test('questions: yes, no, anything else, an error', async () => {
  const asked = [];
  const answers = { 'yes.example': async () => true, 'no.example': async () => false, 'odd.example': async () => 'yes', 'sync.example': () => true,
    'thrown.example': () => { throw new Error('broken'); }, 'rejected.example': async () => { throw new Error('broken'); } };
  await SandboxManager.initialize(SETTINGS, question => {
    asked.push(question);
    return answers[question.host]();
  });
  const hosts = Object.keys(answers);
  const list = hosts.flatMap((host, i) => [{ send: { ask: i, host, port: 443, protocol: 'https' } }, { wait: 'answer' }]);
  const result = await run(await SandboxManager.wrapWithSandbox(steps(...list, ended)));
  assert.deepEqual(heard(result).slice(1), [true, false, false, true, false, false].map((allow, answer) => ({ answer, allow })));
  assert.deepEqual(asked, hosts.map(host => ({ host, port: 443 })));
});

test('without a function nobody is asked', async () => {
  await SandboxManager.initialize(SETTINGS);
  const result = await run(await SandboxManager.wrapWithSandbox(steps({ send: { ask: 1, host: 'h', port: 1 } }, { wait: 'answer' }, ended)));
  assert.equal(heard(result)[0].start.ask, false);
  assert.deepEqual(heard(result)[1], { answer: 1, allow: false });
});

test('new settings: hosts at once, files from the next command on', async () => {
  await SandboxManager.initialize(SETTINGS);
  const command = steps({ send: violation('write', '/begun') }, { wait: 'update' }, ended);
  const waiting = await SandboxManager.wrapWithSandbox(steps(ended));
  const own = await SandboxManager.wrapWithSandbox(steps(ended), undefined, { network: { allowedDomains: ['own.example'] } });
  const running = run(await SandboxManager.wrapWithSandbox(command));
  await until(() => store.getViolationsForCommand(command).length > 0);
  const renewed = { network: { allowedDomains: ['b.example'], deniedDomains: [] }, filesystem: { ...SETTINGS.filesystem, allowWrite: ['/new'] } };
  SandboxManager.updateConfig(renewed);
  const { update } = heard(await running)[1];
  assert.deepEqual(JSON.parse(update).network.allowedDomains, ['b.example']);
  const settings = async wrapped => JSON.parse(heard(await run(wrapped))[0].start.settings);
  assert.deepEqual((await settings(waiting)).network.allowedDomains, ['b.example']);
  assert.deepEqual((await settings(waiting)).filesystem.allowWrite, [place.work]);
  assert.deepEqual((await settings(own)).network.allowedDomains, ['own.example']);
  assert.deepEqual((await settings(await SandboxManager.wrapWithSandbox(steps(ended)))).filesystem.allowWrite, ['/new']);
  assert.throws(() => SandboxManager.updateConfig({ wrong: 1 }), { code: 'SRT_SETTINGS' });
  assert.deepEqual(SandboxManager.getConfig(), renewed);
});

test('an aborted signal: before, between, and while it runs', async () => {
  await SandboxManager.initialize(SETTINGS);
  const first = new AbortController();
  first.abort(new Error('no more'));
  await assert.rejects(SandboxManager.wrapWithSandbox('true', undefined, undefined, first.signal), /no more/);
  const second = new AbortController();
  const wrapped = await SandboxManager.wrapWithSandbox(steps(ended), undefined, undefined, second.signal);
  second.abort();
  assert.equal((await run(wrapped)).status, 125);
  const third = new AbortController();
  const command = steps({ send: violation('write', '/begun') }, { wait: 'never' });
  const running = run(await SandboxManager.wrapWithSandbox(command, undefined, undefined, third.signal));
  await until(() => store.getViolationsForCommand(command).length > 0);
  third.abort();
  const result = await running;
  assert.equal(heard(result)[0].start.endWithSession, true);
  assert.equal(result.status, 125);
});

test('after reset nothing starts, the socket is gone, and one can begin anew', async () => {
  await SandboxManager.initialize(SETTINGS);
  const wrapped = await SandboxManager.wrapWithSandbox(steps(ended));
  assert.equal(fs.readdirSync(sockets).length, 1);
  assert.equal(fs.statSync(sockets).mode & 0o777, 0o700);
  assert.equal(fs.statSync(path.join(sockets, fs.readdirSync(sockets)[0])).mode & 0o777, 0o600);
  await SandboxManager.reset();
  assert.equal(SandboxManager.isSandboxingEnabled(), false);
  assert.deepEqual(fs.readdirSync(sockets), []);
  assert.equal((await run(wrapped)).status, 125);
  await assert.rejects(SandboxManager.wrapWithSandbox('true'), { code: 'SRT_NOT_INITIALIZED' });
  await SandboxManager.initialize({});
  assert.equal((await run(await SandboxManager.wrapWithSandbox(steps(ended)))).status, 0);
});

test('what is said before the end is there after reset', async () => {
  await SandboxManager.initialize(SETTINGS);
  execSync(await SandboxManager.wrapWithSandbox(steps({ send: violation('write', '/late') }, ended)));
  await SandboxManager.reset();
  assert.equal(store.getCount(), 1);
});

test('a wrapped command runs as often as it is started', async () => {
  await SandboxManager.initialize(SETTINGS);
  const command = steps({ send: violation('write', '/begun') }, { wait: 'update' }, ended);
  const wrapped = await SandboxManager.wrapWithSandbox(command);
  for (const round of [1, 2]) {
    const both = [run(wrapped), run(wrapped)];
    await until(() => store.getViolationsForCommand(command).length === 2 * round);
    SandboxManager.updateConfig(SETTINGS);
    assert.deepEqual((await Promise.all(both)).map(r => r.status), [0, 0]);
  }
});

test('many sessions share the socket and nothing else', async () => {
  const one = await Sandbox.create({ filesystem: { allowWrite: ['/one'] } });
  const two = new Sandbox({ filesystem: { allowWrite: ['two'] } }, { cwd: place.top, endWithSession: true, quiet: false, backend: 'landlock', allowUnenforced: ['process'] });
  const command = steps({ send: violation('write', '/x') }, ended);
  const [first, second] = await Promise.all([one, two].map(async s => run(await s.wrapWithSandbox(command))));
  assert.deepEqual(JSON.parse(heard(first)[0].start.settings).filesystem.allowWrite, ['/one']);
  const { start } = heard(second)[0];
  assert.deepEqual(JSON.parse(start.settings).filesystem.allowWrite, [`${place.top}/two`]);
  assert.deepEqual([start.directory, start.endWithSession, start.quiet, start.backend, start.allowUnenforced], [place.top, true, false, 'landlock', 'process']);
  assert.equal(fs.readdirSync(sockets).length, 1);
  assert.equal(one.getSandboxViolationStore().getCount(), 1);
  await one.reset();
  assert.equal(fs.readdirSync(sockets).length, 1);
  assert.equal((await run(await two.wrapWithSandbox(command))).status, 0);
  assert.equal(two.getSandboxViolationStore().getCount(), 2);
  await assert.rejects(one.wrapWithSandbox('true'), { code: 'SRT_NOT_INITIALIZED' });
  await two.close();
  assert.deepEqual(fs.readdirSync(sockets), []);
});

test('lists of words, shells, and what no argument can hold', async () => {
  const sandbox = await Sandbox.create({});
  const words = async (...args) => (await sandbox.wrapWithSandboxArgv(...args)).argv.slice(2);
  assert.deepEqual(await words(['ls', '-l', 'a b']), ['--', 'ls', '-l', 'a b']);
  assert.deepEqual(await words(['ls']), ['--', 'ls']);
  assert.deepEqual(await words(["it's here"]), ['-c', `'it'\\''s here'`], 'a single word stays a word');
  assert.deepEqual(await words('ls | wc'), ['-c', 'ls | wc']);
  assert.deepEqual(await words('ls', '/bin/sh'), ['--', '/bin/sh', '-c', 'ls']);
  assert.match((await words('ls', 'sh'))[1], /^\/.*\/sh$/);
  assert.equal((await runArgv(await sandbox.wrapWithSandboxArgv(steps(ended)))).status, 0);
  await assert.rejects(words('ls', 'no-such-shell'), { code: 'SRT_ARGUMENT', message: /no-such-shell/ });
  await assert.rejects(words([]), { code: 'SRT_ARGUMENT' });
  await assert.rejects(words('  '), { code: 'SRT_ARGUMENT' });
  await assert.rejects(words(undefined), { code: 'SRT_ARGUMENT' });
  await assert.rejects(words('a\0b'), { code: 'nul_in_path' });
  await assert.rejects(sandbox.wrapWithSandbox('x'.repeat(200000)), { code: 'command_too_long' });
  await assert.rejects(sandbox.wrapWithSandbox('true', undefined, 3), { code: 'SRT_ARGUMENT' });
  await sandbox.reset();
});

test('whoever does not speak the protocol gets nothing', async () => {
  const notices = [];
  await SandboxManager.initialize(SETTINGS, undefined, false, { onNotice: text => notices.push(text) });
  const wrapped = async list => run(await SandboxManager.wrapWithSandbox(steps(...list)));
  const hello = async (text, more) => run(await SandboxManager.wrapWithSandbox(steps(ended)), { env: { ...process.env, FAKE_HELLO: text, ...more } });
  assert.equal((await hello('{"hello":1,"token":"00000000000000000000000000000000"}')).status, 125);
  assert.equal((await hello('{"ended":0}')).status, 125);
  assert.equal((await hello('3')).status, 125);
  for (const raw of ['nonsense\n', '[]\n', '{"violation":3}\n', `${'x'.repeat(70000)}\n`]) {
    const result = await wrapped([{ raw }, { wait: 'never' }]);
    assert.equal(result.status, 125);
    assert.match(result.stderr, /closed the channel/);
  }
  assert.equal((await wrapped([{ raw: '{"lost":1,"later":[1]}\n' }, ended])).status, 0, 'keys that are not known are passed over');
  await until(() => notices.length >= 4);
  const id = steps({ raw: 'nonsense\n' }, { wait: 'never' });
  assert.match(SandboxManager.getCommandFailure(id), /does not speak the session protocol/);
  assert.match(notices[0], /does not speak the session protocol/);
});

test('why srt failed is said of the last run with that name', async () => {
  await SandboxManager.initialize(SETTINGS);
  const failing = steps({ send: { error: 'no backend: x', status: 125 } }, { send: { ended: 125 } });
  const wrap = (command, commandId) => SandboxManager.wrapWithSandbox(command, undefined, undefined, undefined, { commandId });
  const wrapped = await wrap(failing, 'one');
  assert.equal(SandboxManager.getCommandFailure('one'), undefined);
  for (const _ of [1, 2]) {
    assert.equal((await run(wrapped)).status, 125);
    assert.equal(SandboxManager.getCommandFailure('one'), 'no backend: x');
  }
  assert.equal((await run(await wrap(failing))).status, 125);
  assert.equal(SandboxManager.getCommandFailure(failing), 'no backend: x');
  assert.equal((await run(await wrap(steps(ended), 'one'))).status, 0);
  assert.equal(SandboxManager.getCommandFailure('one'), undefined);
  assert.equal(SandboxManager.getCommandFailure('never'), undefined);
  await SandboxManager.reset();
  assert.equal(SandboxManager.getCommandFailure(failing), undefined);
});

test('rules for one command are looked at when it is wrapped', async () => {
  const sandbox = await Sandbox.create(SETTINGS);
  const wrong = { code: 'SRT_SETTINGS', message: 'customConfig: wrong: found an unknown key, expected a known one' };
  for (const _ of [1, 2]) await assert.rejects(sandbox.wrapWithSandbox('true', undefined, { wrong: 1 }), wrong);
  await assert.rejects(sandbox.wrapWithSandboxArgv('true', undefined, { wrong: 1 }), error => error.issues[0].pointer === 'wrong');
  for (const _ of [1, 2]) await sandbox.wrapWithSandbox('true', undefined, { filesystem: {} });
  const wrapping = sandbox.wrapWithSandbox('true', undefined, { filesystem: { allowWrite: ['x'] } });
  await Promise.all([sandbox.reset(), assert.rejects(wrapping, { code: 'SRT_NOT_INITIALIZED' })]);
});

test('another version of the protocol is refused with a reason', async () => {
  const notices = [];
  await SandboxManager.initialize(SETTINGS, undefined, false, { onNotice: text => notices.push(text) });
  const wrapped = await SandboxManager.wrapWithSandbox(steps(ended));
  const token = /#([0-9a-f]{32})/.exec(wrapped)[1];
  const result = await run(wrapped, { env: { ...process.env, FAKE_HELLO: JSON.stringify({ hello: 2, version: '9.9.9', token }) } });
  assert.equal(result.status, 125);
  await until(() => notices.length > 0);
  assert.match(notices[0], /srt 9\.9\.9 speaks version 2/);
});

test('sockets of programs that are gone are removed, those that are used are not', async () => {
  fs.mkdirSync(sockets, { recursive: true, mode: 0o700 });
  const dead = path.join(sockets, '0123456789abcdef'), young = path.join(sockets, '.new-0123456789abcdee'), used = path.join(sockets, 'fedcba9876543210');
  const other = path.join(sockets, 'note.txt');
  fs.writeFileSync(other, '');
  for (const file of [dead, young]) {
    await finish(spawn(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(file)}, () => process.kill(process.pid, 'SIGKILL'))`],
      { stdio: ['ignore', 'pipe', 'pipe'] }));
  }
  const server = net.createServer();
  await new Promise(resolve => server.listen(used, resolve));
  const old = new Date(Date.now() - 60000);
  for (const file of [dead, used]) fs.utimesSync(file, old, old);
  await SandboxManager.initialize(SETTINGS);
  await until(() => !fs.existsSync(dead));
  for (const file of [young, used, other]) assert.ok(fs.existsSync(file), file);
  server.close();
  for (const file of [young, other]) fs.rmSync(file);
});

test('a directory that is not ours alone is mended or refused', async () => {
  await SandboxManager.initialize(SETTINGS);
  await SandboxManager.reset();
  fs.chmodSync(sockets, 0o755);
  await SandboxManager.initialize(SETTINGS);
  assert.equal(fs.statSync(sockets).mode & 0o777, 0o700);
  await SandboxManager.reset();
  fs.rmSync(sockets, { recursive: true });
  fs.symlinkSync('/tmp', sockets);
  await assert.rejects(SandboxManager.initialize(SETTINGS), { code: 'SRT_CHANNEL', message: /it is no directory/ });
  fs.rmSync(sockets);
  process.env.XDG_STATE_HOME = path.join(place.top, 'x'.repeat(100));
  await assert.rejects(SandboxManager.initialize(SETTINGS), { code: 'SRT_CHANNEL', message: /XDG_STATE_HOME/ });
  delete process.env.XDG_STATE_HOME;
});

/** A program of its own: {status, stdout, stderr}. */
const program = (text, more = {}) => finish(spawn(process.execPath, ['--input-type=module', '-e',
  `import { SandboxManager, Sandbox } from ${JSON.stringify(path.resolve(HERE, '../index.mjs'))};
   import { spawn } from 'node:child_process';
   await SandboxManager.initialize({});
   ${text}`], { stdio: ['ignore', 'pipe', 'pipe'], ...more }));

test('a program ends when it has nothing else to do, and leaves no socket', async () => {
  for (const text of ['', 'await SandboxManager.wrapWithSandbox("true");', 'process.exit(0);', 'await SandboxManager.reset();',
    `const w = await SandboxManager.wrapWithSandbox(${JSON.stringify(steps(ended))}); spawn(w, { shell: true, stdio: "ignore" });`]) {
    const result = await program(text);
    assert.equal(result.status, 0, `${text}: ${result.stderr}`);
    assert.deepEqual(fs.readdirSync(sockets), [], text);
  }
  assert.equal((await program('throw new Error("x");')).status, 1);
  assert.deepEqual(fs.readdirSync(sockets), []);
});

test('more wrapped commands than are remembered', async () => {
  const sandbox = await Sandbox.create({});
  const wrapped = [];
  for (let i = 0; i < 1030; i++) wrapped.push(await sandbox.wrapWithSandbox(steps(ended)));
  assert.equal((await run(wrapped[0])).status, 125, 'the oldest is gone, and does not run');
  assert.equal((await run(wrapped[1029])).status, 0);
  await sandbox.reset();
});
