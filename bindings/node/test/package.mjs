// SPDX-License-Identifier: Apache-2.0
// The package as npm makes it: what is in it, both ways to import, and its types where a compiler can be had.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { HERE, lab } from './support.mjs';

const own = { ...process.env };
const place = lab();
const TOP = path.resolve(HERE, '..');
const npm = (cwd, ...words) => spawnSync('npm', [...words, '--no-audit', '--no-fund', '--no-update-notifier'], { env: own, encoding: 'utf8', cwd });
const STRICT = process.env.SRT_TEST_STRICT === '1';

/** Where the package is unpacked, as an installation does. */
const home = path.join(place.work, 'node_modules/srt-sandbox');

test('npm packs what is needed, and nothing else', context => {
  const packed = npm(place.work, 'pack', TOP, '--json', '--pack-destination', place.top);
  if (packed.error && !STRICT) {
    context.skip('npm is not installed');
    fs.mkdirSync(path.dirname(home), { recursive: true });
    fs.symlinkSync(TOP, home);
    return;
  }
  assert.equal(packed.status, 0, packed.stderr);
  const [{ filename, files }] = JSON.parse(packed.stdout);
  const names = files.map(file => file.path);
  for (const name of ['index.js', 'index.mjs', 'index.d.ts', 'index.d.mts', 'README.md', 'LICENSE', 'package.json', 'lib/worker.js']) assert.ok(names.includes(name), name);
  assert.ok(names.every(name => !/^(test|dev)\//.test(name)), names.join());
  fs.mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', path.join(place.top, filename), '-C', home, '--strip-components=1']);
});

test('it is imported and required, and is one module', () => {
  fs.writeFileSync('both.mjs', `import { createRequire } from 'node:module';
    import { SandboxManager } from 'srt-sandbox';
    console.log(SandboxManager === createRequire(import.meta.url)('srt-sandbox').SandboxManager);`);
  assert.equal(execFileSync(process.execPath, ['both.mjs'], { encoding: 'utf8' }), 'true\n');
  fs.writeFileSync('old.cjs', `const { SandboxManager } = require('srt-sandbox');
    SandboxManager.initialize({}).then(() => SandboxManager.wrapWithSandbox('true')).then(s => console.log(/--session=/.test(s)));`);
  assert.equal(execFileSync(process.execPath, ['old.cjs'], { encoding: 'utf8' }), 'true\n');
});

test('programs in TypeScript compile against its types', context => {
  fs.writeFileSync(path.join(place.top, 'package.json'), '{}');
  const install = npm(place.top, 'install', 'typescript@5', '@types/node@18');
  if (install.status !== 0) {
    assert.ok(!STRICT, install.stderr);
    context.skip('npm cannot install typescript');
    return;
  }
  for (const name of ['types.mts', 'types.cts']) fs.copyFileSync(path.join(HERE, 'types', name), path.join(place.work, name));
  const compiled = spawnSync(process.execPath, [path.join(place.top, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--noUncheckedIndexedAccess',
    '--exactOptionalPropertyTypes', '--module', 'node16', '--moduleResolution', 'node16', '--target', 'es2022',
    '--typeRoots', path.join(place.top, 'node_modules/@types'), 'types.mts', 'types.cts'], { encoding: 'utf8' });
  assert.equal(compiled.status, 0, compiled.stdout);
});
