// SPDX-License-Identifier: Apache-2.0
// A program as it is written for the npm package, by its documented interface. The tests run it with the
// import below replaced; ../dev/compare runs it with both.
import { SandboxManager, SandboxRuntimeConfigSchema, SandboxViolationStore } from '@anthropic-ai/sandbox-runtime';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const say = (what, value) => console.log(`${what}: ${JSON.stringify(value)}`);
const top = fs.mkdtempSync(path.join(os.homedir(), 'program-'));
process.chdir(top);
const secret = fs.mkdtempSync(path.join(os.homedir(), 'secret-'));
fs.writeFileSync(path.join(secret, 'key'), 'KEY');

const server = http.createServer((request, response) => response.end('page'));
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const url = `http://localhost:${server.address().port}/`;

function execute(wrapped) {
  return new Promise(resolve => {
    const child = spawn(wrapped, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '', stderr = '';
    child.stdout.on('data', piece => { stdout += piece; });
    child.stderr.on('data', piece => { stderr += piece; });
    child.on('close', code => {
      SandboxManager.cleanupAfterCommand();
      resolve({ code, stdout, stderr });
    });
  });
}

const config = {
  network: { allowedDomains: ['example.com'], deniedDomains: ['denied.example.com'] },
  filesystem: { denyRead: [secret], allowWrite: ['.'], denyWrite: ['./fixed'] },
};
fs.writeFileSync('fixed', 'as it was\n');

say('supported', SandboxManager.isSupportedPlatform());
say('enabled before', SandboxManager.isSandboxingEnabled());
say('dependencies', SandboxManager.checkDependencies().errors);
say('schema', SandboxRuntimeConfigSchema.safeParse(config).success);
say('schema of nonsense', SandboxRuntimeConfigSchema.safeParse({ network: 3 }).success);

const asked = [];
await SandboxManager.initialize(config, async ({ host, port }) => {
  asked.push(host);
  return port === server.address().port;
});
say('enabled', SandboxManager.isSandboxingEnabled());
say('network is there', await SandboxManager.waitForNetworkInitialization());
say('network rules', SandboxManager.getNetworkRestrictionConfig());
say('reading', SandboxManager.getFsReadConfig().denyOnly.map(file => file === secret));
say('writing is denied', SandboxManager.getFsWriteConfig().denyWithinAllow.map(file => path.basename(file)));
say('devices can be written', SandboxManager.getFsWriteConfig().allowOnly.includes('/dev/null'));

const plain = await execute(await SandboxManager.wrapWithSandbox('echo "it\'s $((40 + 2))"; exit 3'));
say('plain', [plain.code, plain.stdout]);

const written = await execute(await SandboxManager.wrapWithSandbox('echo new >made; echo new >fixed; cat made'));
say('written', [written.stdout, fs.readFileSync('fixed', 'utf8')]);

const hidden = await execute(await SandboxManager.wrapWithSandbox(`cat ${secret}/key`));
say('hidden', [hidden.code !== 0, hidden.stdout]);

const fetched = await execute(await SandboxManager.wrapWithSandbox(`curl -sS -m 20 --noproxy "" ${url}`));
say('asked and allowed', [fetched.stdout, asked]);

const command = 'curl -sS -m 20 http://denied.example.com/';
const refused = await execute(await SandboxManager.wrapWithSandbox(command, undefined, undefined, undefined,
  { commandId: 'call-1', commandText: 'curl' }));
const store = SandboxManager.getSandboxViolationStore();
say('refused', refused.stdout.trim());
say('attributed', store.getViolationsForCommand('call-1').map(v => [v.line.split(' (')[0], v.command]));
say('annotated', /<sandbox_violations>\ndeny network-outbound denied\.example\.com:80 .*\n<\/sandbox_violations>$/
  .test(SandboxManager.annotateStderrWithSandboxFailures('call-1', refused.stderr)));
say('store', [store instanceof SandboxViolationStore, store.getCount() > 0, store.getTotalCount() >= store.getCount()]);
let told = 0;
store.subscribe(list => { told = list.length; })();
say('subscribed', told === store.getCount());

const narrow = await execute(await SandboxManager.wrapWithSandbox('echo x >narrow || echo no', undefined, { filesystem: { denyRead: [], allowWrite: [], denyWrite: [] } }));
say('own rules', [narrow.stdout, fs.existsSync('narrow')]);

SandboxManager.updateConfig({ ...config, network: { allowedDomains: [], deniedDomains: ['localhost'] } });
const closed = await execute(await SandboxManager.wrapWithSandbox(`curl -sS -m 20 --noproxy "" ${url}`));
say('closed', [closed.stdout.trim(), asked.length]);
say('config', SandboxManager.getConfig().network);

const { argv, env } = await SandboxManager.wrapWithSandboxArgv('echo by argv');
say('argv', await new Promise(resolve => {
  let out = '';
  const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', piece => { out += piece; });
  child.on('close', () => resolve(out));
}));

await SandboxManager.reset();
server.close();
process.chdir('/');
for (const directory of [top, secret]) fs.rmSync(directory, { recursive: true });
say('done', true);
