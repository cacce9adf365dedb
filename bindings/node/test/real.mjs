// SPDX-License-Identifier: Apache-2.0
// The module with the built srt (SRT_PROGRAM), and the backend that is chosen, or SRT_BACKEND.
import assert from 'node:assert/strict';
import { execFileSync, execSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, test } from 'node:test';
import * as srt from '../index.mjs';
import { HERE, lab, run, runArgv, until } from './support.mjs';

const { Sandbox, SandboxManager } = srt;
const place = lab();
const NOTHING = { network: { allowedDomains: [], deniedDomains: [] }, filesystem: { denyRead: [], allowWrite: ['.'], denyWrite: [] } };
const targets = (sandbox, key) => sandbox.getSandboxViolationStore().getViolationsForCommand(key).map(v => v.record.target);
fs.mkdirSync(place.outside);

const server = http.createServer((request, response) => response.end('served'));
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
server.unref();
after(() => server.close());
const HOST = `localhost:${server.address().port}`;
const FETCH = `curl -sS -m 20 --noproxy '' http://${HOST}/`;
const withHosts = (...allowedDomains) => ({ ...NOTHING, network: { allowedDomains, deniedDomains: [] } });

test('a command runs, writes where it may, and its status comes out', async () => {
  const sandbox = await Sandbox.create(NOTHING);
  const result = await run(await sandbox.wrapWithSandbox('echo out; echo err >&2; echo text >written; exit 7'));
  assert.deepEqual(result, { status: 7, signal: null, stdout: 'out\n', stderr: 'err\n' });
  assert.equal(fs.readFileSync('written', 'utf8'), 'text\n');
  assert.equal((await run(await sandbox.wrapWithSandbox('kill -KILL $$'))).status, 137);
  assert.equal((await run(await sandbox.wrapWithSandbox('no-such-program'))).status, 127);
  assert.equal((await run(await sandbox.wrapWithSandbox('ps -o comm= -p $$ || cat /proc/$$/comm', 'sh'))).status, 0);
  await sandbox.reset();
});

test('refusals are found under the command that they were of, run side by side', async () => {
  const sandbox = await Sandbox.create(NOTHING);
  await Promise.all([1, 2, 3, 4, 5, 6].map(async i => {
    const command = `echo x >${place.outside}/${i}`;
    const options = i % 2 ? { commandId: `id-${i}`, commandText: `step ${i}` } : undefined;
    const result = await run(await sandbox.wrapWithSandbox(command, undefined, undefined, undefined, options));
    const key = i % 2 ? `id-${i}` : command;
    assert.notEqual(result.status, 0);
    assert.deepEqual(targets(sandbox, key), [`${place.outside}/${i}`]);
    assert.match(sandbox.annotateStderrWithSandboxFailures(key, result.stderr),
      new RegExp(`^[^]+\\n<sandbox_violations>\\ndeny \\w+ ${place.outside}/${i} \\(.*\\)\\n</sandbox_violations>$`));
    assert.equal(sandbox.getSandboxViolationStore().getViolationsForCommand(key)[0].command, i % 2 ? `step ${i}` : command);
  }));
  assert.deepEqual(fs.readdirSync(place.outside), []);
  await sandbox.reset();
});

test('another home directory is given by the settings', async () => {
  const sandbox = await Sandbox.create({ ...NOTHING, env: { set: { HOME: '/other' } } });
  const wrapped = await sandbox.wrapWithSandbox('echo $HOME');
  assert.equal((await run(wrapped)).stdout, '/other\n');
  const elsewhere = await run(wrapped, { env: { ...process.env, HOME: '/other' } });
  assert.equal(elsewhere.status, 125);
  assert.match(elsewhere.stderr, /^srt: .*sessions/);
  await sandbox.reset();
});

test('two sandboxes with different rules at the same time', async () => {
  const [a, b] = ['a', 'b'].map(name => path.join(place.work, name));
  for (const directory of [a, b]) fs.mkdirSync(directory);
  const one = await Sandbox.create({ network: { allowedDomains: [HOST] }, filesystem: { allowWrite: [a], denyRead: [b] } });
  const two = await Sandbox.create({ network: { allowedDomains: [] }, filesystem: { allowWrite: [b] } });
  const text = `echo >${a}/f; echo >${b}/f; ls ${b}; ${FETCH}`;
  const [first, second] = await Promise.all([one, two].map(async s => run(await s.wrapWithSandbox(text))));
  assert.ok(fs.existsSync(`${a}/f`) && fs.existsSync(`${b}/f`));
  assert.match(first.stdout, /served$/);
  assert.doesNotMatch(first.stdout, /^f$/m);
  assert.doesNotMatch(second.stdout, /served/);
  assert.match(second.stdout, /^f$/m);
  assert.ok(targets(one, text).includes(`${b}/f`) || targets(one, text).includes(b), targets(one, text).join());
  assert.ok(targets(two, text).includes(`${a}/f`), targets(two, text).join());
  assert.ok(targets(two, text).includes(HOST), targets(two, text).join());
  await Promise.all([one.reset(), two.reset()]);
});

test('questions are asked for each connection, and what is answered holds', async () => {
  const asked = [];
  const sandbox = await Sandbox.create(NOTHING, { ask: async question => {
    asked.push(question);
    return asked.length !== 2;
  } });
  const text = `for i in 1 2 3; do echo "$i:$(${FETCH})"; done; curl -sS -m 20 http://denied.example.com/`;
  const result = await run(await sandbox.wrapWithSandbox(text, undefined, { network: { deniedDomains: ['denied.example.com'] } }));
  assert.deepEqual([1, 2, 3].map(i => result.stdout.includes(`${i}:served\n`)), [true, false, true], result.stdout);
  assert.deepEqual(asked, Array(3).fill({ host: 'localhost', port: server.address().port }));
  assert.deepEqual(targets(sandbox, text).sort(), ['denied.example.com:80', HOST].sort());
  await sandbox.reset();
});

test('new lists of hosts count while a command runs', async () => {
  const sandbox = await Sandbox.create(NOTHING);
  const text = `${FETCH}; echo >asked; until [ -e go ]; do sleep 0.05; done; ${FETCH}`;
  const running = run(await sandbox.wrapWithSandbox(text));
  await until(() => fs.existsSync('asked'));
  sandbox.updateConfig(withHosts(HOST));
  assert.throws(() => sandbox.updateConfig({ network: { allowedDomain: [] } }), { code: 'SRT_SETTINGS', message: /did you mean "allowedDomains"/ });
  // The update is on its way; a command that is told later gets it too.
  assert.match((await run(await sandbox.wrapWithSandbox(FETCH))).stdout, /served/);
  fs.writeFileSync('go', '');
  const { stdout } = await running;
  assert.doesNotMatch(stdout.slice(0, 20), /served/);
  assert.match(stdout, /served$/);
  await sandbox.reset();
});

test('after reset what was wrapped does not start, what runs goes on by its rules', async () => {
  const sandbox = await Sandbox.create(withHosts(HOST));
  const later = await sandbox.wrapWithSandbox('echo ran >later');
  const running = run(await sandbox.wrapWithSandbox(`echo >begun; until [ -e end ]; do sleep 0.05; done; ${FETCH}; echo x >${place.outside}/x`));
  await until(() => fs.existsSync('begun'));
  await sandbox.reset();
  const result = await run(later);
  assert.equal(result.status, 125);
  assert.match(result.stderr, /^srt: /);
  assert.ok(!fs.existsSync('later'));
  fs.writeFileSync('end', '');
  assert.match((await running).stdout, /^served/);
  assert.deepEqual(fs.readdirSync(place.outside), []);
});

test('a command with rules of its own', async () => {
  const sandbox = await Sandbox.create(NOTHING);
  const text = `echo x >own; echo x >${place.outside}/own`;
  await run(await sandbox.wrapWithSandbox(text, undefined, { filesystem: { allowWrite: [] } }));
  assert.ok(!fs.existsSync('own'));
  await run(await sandbox.wrapWithSandbox(text, undefined, { filesystem: { allowWrite: [place.outside] } }));
  assert.ok(!fs.existsSync('own') && fs.existsSync(`${place.outside}/own`));
  fs.rmSync(`${place.outside}/own`);
  assert.match((await run(await sandbox.wrapWithSandbox(FETCH, undefined, { network: { allowedDomains: [HOST] } }))).stdout, /served/);
  await assert.rejects(sandbox.wrapWithSandbox('echo ran', undefined, { filesystem: { allowWrites: [] } }),
    { code: 'SRT_SETTINGS', message: /^customConfig: filesystem\.allowWrites: found an unknown key/ });
  const failed = await run(await sandbox.wrapWithSandbox('echo ran'), { env: { ...process.env, SRT_BACKEND: 'none-of-that-name' } });
  assert.deepEqual([failed.status, failed.stdout], [125, '']);
  assert.match(sandbox.getCommandFailure('echo ran'), /none-of-that-name/);
  assert.ok(failed.stderr.includes(sandbox.getCommandFailure('echo ran')), failed.stderr);
  assert.equal(sandbox.getCommandFailure(FETCH), undefined);
  await sandbox.reset();
});

test('an aborted signal ends what runs', async () => {
  const sandbox = await Sandbox.create(NOTHING);
  const controller = new AbortController();
  const running = run(await sandbox.wrapWithSandbox('trap "echo told; exit 3" TERM; echo >alive; while :; do sleep 0.05; done', undefined, undefined, controller.signal));
  await until(() => fs.existsSync('alive'));
  controller.abort();
  const result = await running;
  assert.equal(result.stdout, 'told\n', 'it is told before it is killed');
  await assert.rejects(sandbox.wrapWithSandbox('true', undefined, undefined, controller.signal), { name: 'AbortError' });
  await sandbox.reset();
});

test('whatever the command is made of, it arrives', async () => {
  const sandbox = await Sandbox.create(NOTHING);
  const words = ['', ' ', "it's", "'", '"', '\\', '$HOME', '`id`', '$(id)', '*', '~', '!x', 'a\nb', '\t', '-n', 'ü', "'''", '\u{1f600}', 'a=b', ';', '#', '%s', '\\n', '$\'\\n\'', '&&', 'x'.repeat(5000)];
  const wanted = words.map(word => `${word}\0`).join('');
  const { quote } = await import('../lib/quote.js');
  const text = `printf '%s\\0' ${words.map(quote).join(' ')}`;
  assert.equal((await run(await sandbox.wrapWithSandbox(text))).stdout, wanted);
  assert.equal((await run(await sandbox.wrapWithSandbox(text), { shell: '/bin/bash' })).stdout, wanted);
  assert.equal((await run(await sandbox.wrapWithSandbox(text, '/bin/sh'))).stdout, wanted);
  assert.equal((await runArgv(await sandbox.wrapWithSandboxArgv(text))).stdout, wanted);
  assert.equal((await runArgv(await sandbox.wrapWithSandboxArgv(['printf', '%s\\0', ...words]))).stdout, wanted);
  const program = path.join(place.work, "a program's $name; true");
  fs.writeFileSync(program, '#!/bin/sh\necho "ran $#"\n', { mode: 0o755 });
  assert.equal((await runArgv(await sandbox.wrapWithSandboxArgv([program]))).stdout, 'ran 0\n');
  assert.equal((await run(`(${await sandbox.wrapWithSandbox('cat')}) <written | ${await sandbox.wrapWithSandbox('tr a-z A-Z')}`)).stdout, 'TEXT\n');
  await sandbox.reset();
});

test('an agent: a hundred commands, each with rules of its own', async () => {
  const sandbox = await Sandbox.create({ ...NOTHING, filesystem: { allowWrite: [] } });
  const numbers = Array.from({ length: 100 }, (unused, i) => i);
  for (const i of numbers) fs.mkdirSync(`agent/${i}`, { recursive: true });
  const step = async i => {
    const other = (i + 1) % 100;
    const wrapped = await sandbox.wrapWithSandbox(`echo ${i} >agent/${i}/own; echo ${i} >agent/${other}/foreign`, undefined,
      { filesystem: { allowWrite: [`agent/${i}`] } }, undefined, { commandId: `step-${i}` });
    await run(wrapped);
    sandbox.cleanupAfterCommand();
    assert.equal(fs.readFileSync(`agent/${i}/own`, 'utf8'), `${i}\n`);
    assert.deepEqual(targets(sandbox, `step-${i}`), [path.join(place.work, `agent/${other}/foreign`)]);
  };
  const worker = async () => {
    while (numbers.length > 0) await step(numbers.shift());
  };
  await Promise.all([1, 2, 3, 4].map(worker));
  assert.equal(sandbox.getSandboxViolationStore().getTotalCount(), 100);
  assert.ok(!fs.readdirSync('agent').some(i => fs.existsSync(`agent/${i}/foreign`)));
  await sandbox.reset();
});

test('programs that wait for their command without the event loop', async () => {
  const sandbox = await Sandbox.create(NOTHING);
  const text = `echo waited; echo x >${place.outside}/x || true`;
  assert.equal(execSync(await sandbox.wrapWithSandbox(text), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }), 'waited\n');
  assert.deepEqual(targets(sandbox, text), [`${place.outside}/x`]);
  await sandbox.reset();
});

test('the session is out of reach for its commands', async () => {
  const sandbox = await Sandbox.create({ network: { allowAllUnixSockets: true }, filesystem: { allowWrite: ['~'] } });
  const wrapped = await sandbox.wrapWithSandbox('true');
  const socket = /--session=([^#]+)#/.exec(wrapped)[1];
  const probe = `ls -A ${path.dirname(socket)}; python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("${socket}"); print("REACHED")'; rm -rf ${path.dirname(socket)}; true`;
  const result = await run(await sandbox.wrapWithSandbox(probe));
  assert.doesNotMatch(result.stdout, /REACHED/);
  // Landlock alone hides no names.
  assert.equal(result.stdout.includes(path.basename(socket)), process.env.SRT_BACKEND === 'landlock', result.stdout);
  assert.ok(fs.existsSync(socket));
  assert.equal((await run(wrapped)).status, 0);
  await sandbox.reset();
});

test('getters name places, patterns are what they stand for', async () => {
  for (const file of ['deep/one/.env', 'deep/two/.env', 'deep/two/code.c']) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, 'SECRET');
  }
  fs.symlinkSync('deep', 'link');
  const sandbox = await Sandbox.create({
    network: { allowedDomains: ['a.example'], deniedDomains: ['b.example'], allowUnixSockets: ['/run/x'] },
    filesystem: { denyRead: ['deep/**/.env', '~/.ssh'], allowRead: [], allowWrite: ['link', '.'], denyWrite: ['deep/*/code.c', 'missing'] },
  });
  const at = file => path.join(place.work, file);
  assert.deepEqual(sandbox.getFsReadConfig(), { denyOnly: [at('deep/one/.env'), at('deep/two/.env'), path.join(place.home, '.ssh')], allowWithinDeny: [] });
  const write = sandbox.getFsWriteConfig();
  assert.deepEqual(write.denyWithinAllow, [at('deep/two/code.c'), at('missing')]);
  assert.deepEqual(write.allowOnly.slice(-2), [at('deep'), place.work]);
  assert.ok(write.allowOnly.includes('/dev/null'));
  assert.deepEqual(sandbox.getNetworkRestrictionConfig(), { allowedHosts: ['a.example'], deniedHosts: ['b.example'] });
  assert.deepEqual(sandbox.getAllowUnixSockets(), ['/run/x']);
  const { stdout } = await run(await sandbox.wrapWithSandbox('cat deep/*/.env; cat deep/two/code.c; true'));
  assert.equal(stdout, 'SECRET');
  await sandbox.reset();
});

test('what a directory is called does not change what is allowed', async () => {
  const odd = path.join(place.work, 'odd [ab]*'), near = path.join(place.work, 'odd ax');
  for (const directory of [odd, near]) fs.mkdirSync(directory);
  const sandbox = await Sandbox.create(NOTHING, { cwd: odd });
  await run(await sandbox.wrapWithSandbox(`echo >"${odd}/f"; echo >"${near}/f"`), { cwd: odd });
  assert.ok(fs.existsSync(path.join(odd, 'f')));
  assert.ok(!fs.existsSync(path.join(near, 'f')));
  await sandbox.reset();
});

test('schemas judge as srt does', async () => {
  const good = { network: { allowedDomains: ['example.com'], deniedDomains: [] }, filesystem: { denyRead: [], allowWrite: [], denyWrite: [] } };
  assert.deepEqual(srt.SandboxRuntimeConfigSchema.parse(good), good);
  const bad = srt.SandboxRuntimeConfigSchema.safeParse({ network: { allowedDomains: ['http://x'] }, filesystem: { denyRead: [3] }, monitr: 'off' });
  assert.equal(bad.success, false);
  assert.deepEqual(bad.error.issues.map(i => i.pointer).sort(), ['filesystem.denyRead[0]', 'monitr', 'network.allowedDomains[0]']);
  const part = await srt.NetworkConfigSchema.safeParseAsync({ allowedDomains: ['*'] });
  assert.deepEqual(part.error.issues.map(i => i.path), [['allowedDomains', 0]]);
  assert.equal(srt.FilesystemConfigSchema.safeParse({ allowWrite: ['.'] }).success, true);
  assert.equal(srt.IgnoreViolationsConfigSchema.safeParse({ '*': ['/proc'] }).success, true);
  assert.throws(() => srt.SandboxRuntimeConfigSchema.parse('text'), { name: 'SandboxSettingsError' });
  await assert.rejects(srt.SandboxRuntimeConfigSchema.parseAsync({ network: { tlsTerminate: {} } }), { code: 'SRT_SETTINGS' });
});

test('the machine is judged as srt does', async () => {
  assert.deepEqual(SandboxManager.checkDependencies().errors, []);
  assert.deepEqual((await SandboxManager.checkDependenciesAsync()).errors, []);
  assert.equal(srt.hasLinuxSandboxDependenciesSync(), true);
  const before = process.env.SRT_BACKEND;
  process.env.SRT_BACKEND = 'no-such-backend';
  assert.match(SandboxManager.checkDependencies().errors[0], /no-such-backend/);
  await assert.rejects(SandboxManager.initialize(NOTHING), { code: 'SRT_UNAVAILABLE', message: /no-such-backend/ });
  if (before === undefined) delete process.env.SRT_BACKEND;
  else process.env.SRT_BACKEND = before;
  await assert.rejects(SandboxManager.initialize({ credentials: { files: [{ path: '~/.k', mode: 'mask' }] } }), { code: 'SRT_SETTINGS' });
});

test('a program for the npm package, with another import', () => {
  const text = fs.readFileSync(path.join(HERE, 'reference-program.mjs'), 'utf8');
  const import_ = /from '@anthropic-ai\/sandbox-runtime'/g;
  assert.equal(text.match(import_).length, 1);
  const file = path.join(place.top, 'program.mjs');
  fs.writeFileSync(file, text.replace(import_, `from ${JSON.stringify(path.resolve(HERE, '../index.mjs'))}`));
  const said = execFileSync(process.execPath, [file], { encoding: 'utf8', cwd: place.work });
  assert.equal(said, fs.readFileSync(path.join(HERE, 'reference-program.out'), 'utf8'));
});

test('a program that is killed leaves its command to its rules', async () => {
  const text = `import { SandboxManager } from ${JSON.stringify(path.resolve(HERE, '../index.mjs'))};
    import { spawn } from 'node:child_process';
    await SandboxManager.initialize(${JSON.stringify(NOTHING)});
    const wrapped = await SandboxManager.wrapWithSandbox('echo >up; until [ -e down ]; do sleep 0.05; done; echo x >${place.outside}/x; exit 5');
    spawn(wrapped + '; echo $? >over', { shell: true, stdio: 'ignore', detached: true });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: 'ignore' });
  await until(() => fs.existsSync('up'));
  child.kill('SIGKILL');
  fs.writeFileSync('down', '');
  await until(() => fs.existsSync('over') && fs.readFileSync('over', 'utf8') === '5\n');
  assert.deepEqual(fs.readdirSync(place.outside), []);
});
