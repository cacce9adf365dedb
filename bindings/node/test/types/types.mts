// SPDX-License-Identifier: Apache-2.0
// A program in TypeScript; it is compiled, not run.
import { SandboxManager, Sandbox, type SandboxRuntimeConfig, type SandboxAskCallback, SandboxRuntimeConfigSchema } from 'srt-sandbox';
import { spawn } from 'node:child_process';
const config: SandboxRuntimeConfig = { network: { allowedDomains: ['a.example'], deniedDomains: [] }, filesystem: { denyRead: [], allowWrite: ['.'], denyWrite: [] } };
const ask: SandboxAskCallback = async ({ host, port }) => host === 'x' && port === 1;
await SandboxManager.initialize(config, ask, true);
if (!SandboxManager.isSupportedPlatform() || SandboxManager.checkDependencies().errors.length > 0) process.exit(1);
config.filesystem.allowWrite.push('x');
const s: string = await SandboxManager.wrapWithSandbox('x', undefined, { filesystem: { allowWrite: [] } }, undefined, { commandId: '1' });
spawn(s, { shell: true });
const why: string | undefined = SandboxManager.getCommandFailure('1');
if (why) console.log(why.length);
const { argv, env } = await (await Sandbox.create({})).wrapWithSandboxArgv(['a', 'b']);
spawn(argv[0]!, argv.slice(1), { env });
const r = SandboxRuntimeConfigSchema.safeParse(JSON.parse('{}'));
if (!r.success) console.log(r.error.issues[0]?.path); else console.log(r.data.network.allowedDomains);
// @ts-expect-error
await SandboxManager.initialize({ networks: {} });
