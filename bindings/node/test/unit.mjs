// SPDX-License-Identifier: Apache-2.0
// What needs no srt: quoting, settings, lines, the store, the names that are exported.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { HERE, lab } from './support.mjs';
import * as all from '../index.mjs';

const require = createRequire(import.meta.url);
const TOP = path.resolve(HERE, '..');
const { quote, shellCommand } = require('../lib/quote.js');
const { Lines, parseLine, renderLine, TO_MANAGER_MAX } = require('../lib/protocol.js');
const { absolutePath, copySettings, mergeSettings, resolvePaths, settingsText } = require('../lib/settings.js');
const { SandboxSettingsError } = require('../lib/errors.js');
const { findPrograms } = require('../lib/program.js');
const { wslVersion } = require('../lib/machine.js');
const { SandboxViolationStore } = all;
const place = lab();

test('quoted words come out of every shell as they went in', () => {
  const words = ['', ' ', "it's", '"', '\\', '$HOME', '`id`', '$(id)', '*', '~', '!', 'a\nb', '\t', '--', '-n', 'ü', "'''", '\u{1f600}', 'a=b', ';', '\\n', '#'];
  for (const shell of ['sh', 'bash', 'zsh']) {
    const result = spawnSync(shell, ['-c', `printf '%s\\0' ${words.map(quote).join(' ')}`], { encoding: 'utf8' });
    if (result.error && result.error.code === 'ENOENT' && shell === 'zsh') continue;
    assert.equal(result.stdout, words.map(w => `${w}\0`).join(''), shell);
  }
});

test('what does not fit one argument is refused with a code', () => {
  assert.throws(() => shellCommand(['srt', '-c', 'x'.repeat(131072)]), { code: 'command_too_long', name: 'LinuxSandboxProfileError' });
  assert.ok(shellCommand(['srt', '-c', 'x'.repeat(131000)]));
});

test('paths become absolute, wildcards of the directory mean themselves', () => {
  const at = (entry, cwd = '/w/d') => absolutePath(entry, cwd, '/home/u');
  assert.equal(at('.'), '/w/d');
  assert.equal(at('./a'), '/w/d/a');
  assert.equal(at('../a'), '/w/d/../a');
  assert.equal(at('~'), '/home/u');
  assert.equal(at('~/.ssh'), '/home/u/.ssh');
  assert.equal(at('~other/x'), '~other/x');
  assert.equal(at('/a/b'), '/a/b');
  assert.equal(at('*.c', '/w/[id]'), '/w/[[]id]/*.c');
  assert.equal(at('.', '/w/a*'), '/w/a[*]');
  assert.equal(at('a', '/'), '/a');
  assert.equal(at(''), '');
});

test('lists of a command in place of those of the session', () => {
  const base = { network: { allowedDomains: ['a.example'], deniedDomains: ['b.example'] }, filesystem: { disabled: true, denyRead: ['/x'] }, monitor: 'off' };
  assert.deepEqual(mergeSettings(base, { network: { allowedDomains: [] } }).network, { allowedDomains: [], deniedDomains: ['b.example'] });
  assert.deepEqual(mergeSettings(base, { filesystem: { allowWrite: [] } }).filesystem, { disabled: false, denyRead: ['/x'], allowWrite: [] });
  assert.equal(mergeSettings(base, { monitor: 'full' }).monitor, 'full');
  assert.equal(mergeSettings(base, undefined), base);
  assert.equal(base.filesystem.disabled, true);
});

test('patterns for every place stay, and join for the directory', () => {
  const { filesystem } = resolvePaths({ filesystem: { denyRead: ['**/.env', 'x'], allowWrite: ['**/out'] } }, '/w');
  assert.deepEqual(filesystem, { denyRead: ['**/.env', '/w/x', '/w/**/.env'], allowWrite: ['/w/**/out'] });
});

test('settings are data', () => {
  assert.throws(() => copySettings({ network: { filterRequest: () => {} } }, 'settings'), { code: 'SRT_UNSUPPORTED', message: /filterRequest is not supported/ });
  assert.throws(() => copySettings([], 'settings'), { code: 'SRT_ARGUMENT' });
  assert.throws(() => copySettings(null, 'settings'), { code: 'SRT_ARGUMENT' });
  assert.throws(() => copySettings({ a: NaN }, 'settings'), { code: 'SRT_ARGUMENT' });
  assert.throws(() => settingsText({ env: { set: { A: 'x'.repeat(3e6) } } }, '/'), { code: 'SRT_SETTINGS' });
  assert.equal(JSON.stringify(copySettings({ a: undefined, b: [1, { c: null }] }, 's')), '{"b":[1,{"c":null}]}');
  const hostile = copySettings(JSON.parse('{"__proto__": {"disabled": true}}'), 's');
  assert.equal(JSON.stringify(hostile), '{"__proto__":{"disabled":true}}', 'srt sees the key, and refuses it');
  assert.equal(hostile.disabled, undefined);
});

test('problems of settings are all there, with their places', () => {
  const error = new SandboxSettingsError(['standard input:1:2: filesystem.denyRead[0]: found 3, expected a path', 'standard input: found nothing']);
  assert.deepEqual(error.issues, [
    { code: 'custom', path: ['filesystem', 'denyRead', 0], pointer: 'filesystem.denyRead[0]', message: 'found 3, expected a path' },
    { code: 'custom', path: [], pointer: '', message: 'found nothing' },
  ]);
  assert.equal(error.message, 'filesystem.denyRead[0]: found 3, expected a path\nfound nothing');
  assert.equal(error.code, 'SRT_SETTINGS');
  const named = new SandboxSettingsError(['standard input:1:2: a: wrong', 'b: wrong'], 'customConfig');
  assert.equal(named.message, 'customConfig: a: wrong\ncustomConfig: b: wrong');
  assert.equal(named.issues[0].pointer, 'a');
});

test('lines out of pieces, with a bound', () => {
  const text = Buffer.from('{"a":"ü"}\n{"b":2}\n\n{"c"');
  for (let size = 1; size < text.length; size++) {
    const lines = new Lines(), found = [];
    for (let i = 0; i < text.length; i += size) lines.push(text.subarray(i, i + size), line => found.push(line) > 0);
    assert.deepEqual(found, ['{"a":"ü"}', '{"b":2}', '']);
  }
  const lines = new Lines();
  lines.push(Buffer.alloc(TO_MANAGER_MAX, 'x'), () => true);
  assert.throws(() => lines.push(Buffer.from('x'), () => true), /longer than/);
});

test('messages lack nothing', () => {
  assert.equal(parseLine('{"lost":3}').kind, 'lost');
  assert.equal(parseLine('{"lost":3,"later":1,"ask":null}').kind, 'lost');
  assert.equal(parseLine('{"hello":1,"token":null}').kind, 'hello');
  for (const bad of ['', '3', 'null', '[]', '{', '{"lost":"3"}', '{"lost":-1}', '{"violation":"x"}', '{"violation":{}}', '{"ask":1,"host":"h"}',
    '{"ask":1,"host":"h","port":70000}', '{"ask":1.5,"host":"h","port":1}', '{"ended":"0"}', '{"hello":"1"}', '{"later":1}', '{"lost":1,"ended":0}', '{"error":"x"}']) {
    assert.throws(() => parseLine(bad), undefined, bad);
  }
  assert.throws(() => renderLine({ start: { settings: 'x'.repeat(5e6) } }), /longer than/);
});

test('the store keeps the newest hundred and counts all', () => {
  const store = new SandboxViolationStore();
  const seen = [];
  const end = store.subscribe(list => seen.push(list.length));
  for (let i = 0; i < 150; i++) store.addViolation({ line: `deny write /${i} (x)`, encodedCommand: Buffer.from('cmd').toString('base64') });
  assert.equal(store.getCount(), 100);
  assert.equal(store.getTotalCount(), 150);
  assert.deepEqual(store.getViolations(2).map(v => v.line), ['deny write /148 (x)', 'deny write /149 (x)']);
  assert.equal(store.getViolations().length, 100);
  assert.deepEqual(store.getViolations(0), []);
  assert.equal(store.getViolationsForCommand('cmd').length, 100);
  assert.equal(store.getViolationsForCommand('other').length, 0);
  assert.ok(store.getViolations(1)[0].timestamp instanceof Date);
  end();
  store.clear();
  assert.equal(store.getCount(), 0);
  assert.equal(store.getTotalCount(), 150);
  assert.equal(seen.length, 151);
  store.addViolation({ line: 'a\u001b[31m<b>\u202e\u2028 c', timestamp: new Date(0) });
  assert.equal(store.getViolations()[0].line, 'a [31mb  c');
});

test('events of this module are found by the whole key', () => {
  const store = new SandboxViolationStore();
  const long = 'x'.repeat(100);
  store.addViolation({ line: 'l', commandKey: `${long}1`, encodedCommand: Buffer.from(long).toString('base64') });
  assert.equal(store.getViolationsForCommand(`${long}1`).length, 1);
  assert.equal(store.getViolationsForCommand(`${long}2`).length, 0);
});

test('srt is found where it was said to be, or not at all', () => {
  const bin = path.join(place.top, 'bin'), other = path.join(place.top, 'other');
  for (const directory of [bin, other]) fs.mkdirSync(directory);
  for (const file of [path.join(bin, 'srt'), path.join(bin, 'srtctl'), path.join(other, 'srt')]) fs.writeFileSync(file, '', { mode: 0o755 });
  assert.deepEqual(findPrograms(path.join(bin, 'srt')), { srt: path.join(bin, 'srt'), srtctl: path.join(bin, 'srtctl') });
  assert.throws(() => findPrograms(path.join(other, 'srt')), { code: 'SRT_NOT_FOUND' }, 'without srtctl it is another program');
  assert.throws(() => findPrograms('bin/srt'), { code: 'SRT_NOT_FOUND', message: /absolute/ });
  const before = { ...process.env };
  delete process.env.SRT_PROGRAM;
  process.env.PATH = `relative:${other}:${bin}`;
  assert.equal(findPrograms().srt, path.join(bin, 'srt'));
  process.env.PATH = `relative:.:${other}`;
  assert.throws(() => findPrograms(), { code: 'SRT_NOT_FOUND', message: /SRT_PROGRAM/ });
  process.env.SRT_PROGRAM = path.join(other, 'srt');
  assert.throws(() => findPrograms(), { code: 'SRT_NOT_FOUND', message: /^SRT_PROGRAM/ });
  Object.assign(process.env, before);
  if (before.SRT_PROGRAM === undefined) delete process.env.SRT_PROGRAM;
});

test('the subsystem of Windows is recognised', () => {
  assert.equal(wslVersion('6.1.0-18-amd64', 'Linux version 6.1.0-18-amd64', {}), undefined);
  assert.equal(wslVersion('4.4.0-19041-Microsoft', 'Linux version 4.4.0-19041-Microsoft', {}), '1');
  assert.equal(wslVersion('5.15.90.1-microsoft-standard-WSL2', '', {}), '2');
  assert.equal(wslVersion('4.19.84-microsoft-standard', '', {}), '2');
});

test('what srt has not says so', () => {
  assert.throws(() => all.generateCa(), { code: 'SRT_UNSUPPORTED', message: /generateCa is not there/ });
  assert.throws(() => all.getSrtWinPath(), { code: 'SRT_UNSUPPORTED', message: /no srt for Windows/ });
  assert.throws(() => all.SandboxManager.getSentinelRegistry(), { code: 'SRT_UNSUPPORTED' });
  assert.equal(all.SandboxManager.getMitmCA(), undefined);
});

test('every name of the npm package is there', () => {
  // Of 0.0.78, and of 0.0.2.
  const names = `SandboxManager SandboxViolationStore SandboxRuntimeConfigSchema NetworkConfigSchema FilesystemConfigSchema CredentialsConfigSchema
    IgnoreViolationsConfigSchema RipgrepConfigSchema LinuxSandboxProfileError WindowsSandboxError getSrtWinPath resolveSrtWin VENDORED_SRT_WIN_EXE
    checkWindowsSandboxStatus checkWindowsSandboxStatusAsync getWindowsWfpStatus getWindowsWfpStatusAsync verifyWindowsWfpEgress
    getWindowsSandboxUserStatus getWindowsSandboxUserStatusAsync getWindowsSandboxCaCert windowsTrustCa windowsTrustCaAsync ensurePersistentWindowsCa
    windowsStateDir installWindowsSandbox installWindowsSandboxAsync checkWindowsDependenciesAsync uninstallWindowsSandbox windowsInstallInstructions
    stampWindowsAcl restoreWindowsAcl grantWindowsAcl revokeWindowsAcl expandWindowsFsPaths buildGitConfigEnv parseWindowsBinShell
    parseWindowsSandboxError isUncPath DEFAULT_WINDOWS_PROXY_PORT_RANGE SRT_WIN_DISPATCH_ARG1 generateCa validateCaPair certThumbprint
    WindowsConfigSchema SrtWinConfigSchema GitConfigSchema getDefaultWritePaths getWslVersion hasLinuxSandboxDependenciesSync`.split(/\s+/);
  for (const name of names) assert.ok(name in all, name);
  const functions = `initialize isSupportedPlatform isSandboxingEnabled checkDependencies checkDependenciesAsync getFsReadConfig getFsWriteConfig
    getNetworkRestrictionConfig getAllowUnixSockets getAllowLocalBinding getAllowMachLookup getIgnoreViolations getEnableWeakerNestedSandbox
    getProxyPort getProxyAuthToken getSocksProxyPort getLinuxHttpSocketPath getLinuxSocksSocketPath waitForNetworkInitialization wrapWithSandbox
    wrapWithSandboxArgv getSandboxViolationStore annotateStderrWithSandboxFailures getLinuxGlobPatternWarnings getConfig getMitmCA
    getSentinelRegistry getAwsPairRegistry getMaskedFileStore updateConfig cleanupAfterCommand reset`.split(/\s+/);
  for (const name of functions) assert.equal(typeof all.SandboxManager[name], 'function', name);
});

test('both ways to import give the same', () => {
  const common = require('../index.js');
  assert.deepEqual(Object.keys(all).sort(), Object.keys(common).sort());
  for (const name of Object.keys(common)) assert.equal(all[name], common[name], name);
});

test('every name of the module is declared, and every key of the settings', () => {
  const types = fs.readFileSync(path.join(TOP, 'index.d.ts'), 'utf8');
  for (const name of Object.keys(all)) assert.match(types, new RegExp(`export (const|class|function) ${name}\\b`), name);
  for (const name of Object.keys(all.SandboxManager)) assert.match(types, new RegExp(`\\b${name}\\(`), name);
  const schema = JSON.parse(fs.readFileSync(path.resolve(TOP, '../../docs/srt-settings.schema.json'), 'utf8'));
  const walk = node => Object.entries(node.properties || {}).forEach(([key, value]) => {
    const absent = ['tlsTerminate', 'filterRequest', 'awsPairs', 'maskDuplicates', 'extract', 'onExtractNoMatch', 'decode', 'maskClaims', 'injectHosts', '$schema'];
    if (!absent.includes(key)) assert.match(types, new RegExp(`\\b${key}\\??:`), key);
    walk(value);
    if (value.items) walk(value.items);
  });
  walk(schema);
});

test('the package page leads nowhere that the package has not', () => {
  const page = fs.readFileSync(path.join(TOP, 'README.md'), 'utf8');
  for (const [, place] of page.matchAll(/\]\(([^)#]+)/g)) {
    assert.ok(/^https:/.test(place) || (!place.startsWith('..') && fs.existsSync(path.join(TOP, place))), place);
  }
});

test('the package holds what it names', () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(TOP, 'package.json'), 'utf8'));
  for (const file of manifest.files) assert.ok(fs.existsSync(path.join(TOP, file)), file);
  assert.equal(manifest.dependencies, undefined);
  assert.equal(fs.readFileSync(path.join(TOP, 'LICENSE'), 'utf8'), fs.readFileSync(path.resolve(TOP, '../../LICENSE'), 'utf8'));
  const project = /project\(srt VERSION (\S+)/.exec(fs.readFileSync(path.resolve(TOP, '../../CMakeLists.txt'), 'utf8'));
  assert.equal(manifest.version, project[1]);
});
