// SPDX-License-Identifier: Apache-2.0
/// <reference types="node" />

// ---- settings (srtctl schema; docs/settings.md)

/** Settings as a file has them. Every key is optional; unknown ones are refused. */
export interface SandboxSettings {
  $schema?: string;
  /** Files that these settings tighten: absolute, or relative to the directory of the session. */
  extends?: string[];
  network?: NetworkSettings;
  filesystem?: FilesystemSettings;
  env?: EnvironmentSettings;
  credentials?: CredentialsConfig;
  /** Command text ("*": all) to texts: refusals that hold one are not recorded. */
  ignoreViolations?: IgnoreViolationsConfig;
  violations?: ViolationsSettings;
  backend?: string;
  allowUnenforced?: RuleClass[];
  allowUserNamespaces?: boolean;
  enableWeakerNestedSandbox?: boolean;
  enableWeakerNetworkIsolation?: boolean;
  allowAppleEvents?: boolean;
  allowPty?: boolean;
  mandatoryDenySearchDepth?: number;
  layers?: 'landlock'[];
  /** What is observed for the records: "off" only what srt itself refuses. */
  monitor?: 'off' | 'default' | 'full';
  git?: GitConfig;
  bwrapPath?: string;
  /** Means nothing to srt. */
  socatPath?: string;
  /** Means nothing to srt. */
  javaAgentJarPath?: string;
  /** Means nothing to srt. */
  ripgrep?: { command: string; args?: string[]; argv0?: string };
  /** Means nothing to srt. */
  seccomp?: { applyPath?: string; argv0?: string };
  /** Means nothing to srt. */
  windows?: WindowsConfig;
}

export interface NetworkSettings {
  /** "example.com", "*.example.com", an address; with ":443" only that port. Absent or empty: none. */
  allowedDomains?: string[];
  /** Wins over allowedDomains; "*" is every host. */
  deniedDomains?: string[];
  deniedDomainReasons?: Record<string, string>;
  deniedResolvedAddresses?: string[];
  /** Never ask about a host that is on no list. */
  strictAllowlist?: boolean;
  allowUnixSockets?: string[];
  allowAllUnixSockets?: boolean;
  allowDangerousSockets?: boolean;
  allowLocalBinding?: boolean;
  allowMachLookup?: string[];
  httpProxyPort?: number;
  socksProxyPort?: number;
  mitmProxy?: { socketPath: string; domains: string[] };
  parentProxy?: { http?: string; https?: string; noProxy?: string };
}

export interface FilesystemSettings {
  denyRead?: string[];
  allowRead?: string[];
  /** Absent: the working directory of the command. Empty: nothing. */
  allowWrite?: string[];
  /** Wins over allowWrite. */
  denyWrite?: string[];
  allowGitConfig?: boolean;
  mandatoryDeny?: { add?: string[]; remove?: string[] };
  protectMissing?: 'off' | 'check' | 'exact';
  disabled?: boolean;
}

export interface EnvironmentSettings {
  pass?: string[];
  deny?: string[];
  set?: Record<string, string>;
  scrubSecrets?: boolean;
}

export interface ViolationsSettings {
  store?: boolean;
  keepDays?: number;
  keepRows?: number;
  keepInMemory?: number;
  syslog?: boolean;
}

export type RuleClass =
  | 'readDeny' | 'readAllow' | 'writeAllow' | 'writeDeny' | 'writeDenyMissing' | 'globLater' | 'netIsolate'
  | 'netProxy' | 'unixDeny' | 'unixPath' | 'process' | 'ipc' | 'syscall' | 'terminal';

/** Settings of a program that was written for `@anthropic-ai/sandbox-runtime`, where these keys are required. */
export interface SandboxRuntimeConfig extends SandboxSettings {
  network: NetworkConfig;
  filesystem: FilesystemConfig;
}

export interface NetworkConfig extends NetworkSettings {
  allowedDomains: string[];
  deniedDomains: string[];
}

export interface FilesystemConfig extends FilesystemSettings {
  denyRead: string[];
  allowWrite: string[];
  denyWrite: string[];
}

/** srt hides credentials; it does not mask them. */
export type CredentialMode = 'deny';

export interface CredentialFileConfig {
  path: string;
  mode: CredentialMode;
}

export interface CredentialEnvVarConfig {
  name: string;
  mode: CredentialMode;
}

export interface CredentialsConfig {
  files?: CredentialFileConfig[];
  envVars?: CredentialEnvVarConfig[];
  allowPlaintextInject?: boolean;
  sigv4?: {
    streaming?: 'deny' | 'passthrough';
    presigned?: 'deny' | 'passthrough';
    sigv4a?: 'deny' | 'passthrough';
  };
}

export type IgnoreViolationsConfig = Record<string, string[]>;

export interface GitConfig {
  safeDirectories?: string[];
}

export interface WindowsConfig {
  sandboxUser?: string;
  sublayerGuid?: string;
  wfpSublayerGuid?: string;
  proxyPortRange?: [number, number];
  srtWin?: SrtWinConfig;
}

export interface SrtWinConfig {
  path: string;
}

// ---- what the getters say

export interface FsReadRestrictionConfig {
  denyOnly: string[];
  allowWithinDeny?: string[];
  unlistableDenyDirs?: string[];
}

export interface FsWriteRestrictionConfig {
  allowOnly: string[];
  denyWithinAllow: string[];
}

export interface NetworkRestrictionConfig {
  allowedHosts?: string[];
  deniedHosts?: string[];
}

export interface SandboxDependencyCheck {
  /** What keeps srt from running anything on this machine. Empty: it can. */
  errors: string[];
  warnings: string[];
}

export interface NetworkHostPattern {
  host: string;
  port: number | undefined;
}

/** May this host be reached? Only for hosts that are on no list. Whatever is not `true`, or throws, refuses. */
export type SandboxAskCallback = (params: NetworkHostPattern) => Promise<boolean>;

// ---- refusals

/** A record as srt writes it (docs/violations.md). */
export interface ViolationRecord {
  time: string;
  last?: string;
  session?: string;
  operation: 'read' | 'write' | 'create' | 'delete' | 'rename' | 'exec' | 'connect' | 'resolve' | 'unix' | 'signal' | 'syscall' | string;
  target: string;
  rule?: string;
  reason?: string;
  backend?: string;
  pid?: number;
  program?: string;
  commandId?: string;
  command?: string;
  count?: number;
  /** The call was seen; another mechanism refused it. */
  attempt?: boolean;
  /** It got past a check and was undone afterwards. */
  tampering?: boolean;
}

export interface SandboxViolationEvent {
  /** One line: "deny write /etc/hosts (filesystem.allowWrite)". */
  line: string;
  /** Text of the command. */
  command?: string;
  /** What the command is looked up by: commandId, or the command itself. */
  commandKey?: string;
  /** The first 100 units of it, in base64. */
  encodedCommand?: string;
  timestamp: Date;
  /** How often it was refused. */
  count?: number;
  record?: ViolationRecord;
}

/** The newest 100 refusals. Every question first takes in what srt has sent, so that nothing of a command that has ended is missing. */
export class SandboxViolationStore {
  addViolation(violation: Omit<SandboxViolationEvent, 'timestamp'> & { timestamp?: Date }): void;
  /** All that are kept, oldest first, or the newest `limit`. */
  getViolations(limit?: number): SandboxViolationEvent[];
  getCount(): number;
  /** All there ever were, with repeats; clear() does not change it. */
  getTotalCount(): number;
  /** Refusals that were counted, but came too fast to be kept. */
  getLostCount(): number;
  /** id: the commandId of the command, or its text where it was wrapped without one. */
  getViolationsForCommand(id: string): SandboxViolationEvent[];
  clear(): void;
  /** Called at once, and after every change, with all that are kept. Returns what ends it. */
  subscribe(listener: (violations: SandboxViolationEvent[]) => void): () => void;
}

// ---- sessions

export interface WrapWithSandboxOptions {
  /** Name of this run, by which its refusals are found; default: the command. */
  commandId?: string;
  /** What records show as the command, and `ignoreViolations` looks at; default: the command. */
  commandText?: string;
}

export interface SandboxOptions {
  /** Asked about hosts that are on no list. */
  ask?: SandboxAskCallback | null;
  /** The program srt, absolute; srtctl lies beside it. Default: SRT_PROGRAM, the installation of this package, PATH. */
  srtPath?: string;
  /** What relative paths in the settings are relative to, absolute. Default: the program's directory when a command is wrapped. */
  cwd?: string;
  backend?: string;
  allowUnenforced?: (RuleClass | 'all')[];
  /** Commands that still run are ended when the session or the program ends. Default false. */
  endWithSession?: boolean;
  /** false: srt's warnings and its lines about refusals go to the command's standard error. Default true. */
  quiet?: boolean;
  /** Gets warnings: of srt, and of questions that failed. */
  onNotice?: (text: string) => void;
}

/** What a session answers. */
export interface SandboxSession {
  /** A string for a shell that runs `command` in the sandbox. Rejects with what is wrong in `customConfig`. */
  wrapWithSandbox(
    command: string,
    binShell?: string | null,
    customConfig?: SandboxSettings | null,
    abortSignal?: AbortSignal | null,
    options?: WrapWithSandboxOptions,
  ): Promise<string>;
  /** The same for spawn without a shell: `spawn(argv[0], argv.slice(1), { env })`. A list of words is run as it is. */
  wrapWithSandboxArgv(
    command: string | readonly string[],
    binShell?: string | null,
    customConfig?: SandboxSettings | null,
    abortSignal?: AbortSignal | null,
    cwd?: string | null,
    options?: WrapWithSandboxOptions,
  ): Promise<{ argv: string[]; env: NodeJS.ProcessEnv }>;
  /** Does nothing: commands leave nothing behind. */
  cleanupAfterCommand(): void;
  /** Hosts: at once, also for commands that run. Everything else: from the next command on. Throws what is wrong with it. */
  updateConfig(newConfig: SandboxSettings): void;
  /** Ends the session. Commands that run go on by their rules, unless `endWithSession` is set or they have a signal; questions are refused. */
  reset(): Promise<void>;
  isSandboxingEnabled(): boolean;
  waitForNetworkInitialization(): Promise<boolean>;
  getFsReadConfig(): FsReadRestrictionConfig;
  getFsWriteConfig(): FsWriteRestrictionConfig;
  getNetworkRestrictionConfig(): NetworkRestrictionConfig;
  getAllowUnixSockets(): string[] | undefined;
  getAllowLocalBinding(): boolean | undefined;
  getAllowMachLookup(): string[] | undefined;
  getIgnoreViolations(): Record<string, string[]> | undefined;
  getEnableWeakerNestedSandbox(): boolean | undefined;
  /** The external proxy of the settings; srt's own have no port on the host. */
  getProxyPort(): number | undefined;
  getSocksProxyPort(): number | undefined;
  /** Always undefined: there is no token. */
  getProxyAuthToken(): string | undefined;
  /** Always undefined: there is no relay. */
  getLinuxHttpSocketPath(): string | undefined;
  getLinuxSocksSocketPath(): string | undefined;
  getSandboxViolationStore(): SandboxViolationStore;
  /** `stderr`, and a block with a line for each refusal when there were any. id: as for getCommandFailure. */
  annotateStderrWithSandboxFailures(id: string, stderr: string): string;
  /**
   * Why srt could not run a command the last time, which then ended with 125; undefined when it could, or when srt
   * did not reach the session (then only its standard error says why). id: the commandId of the command, or its text
   * where it was wrapped without one.
   */
  getCommandFailure(id: string): string | undefined;
  /** Always empty: every list takes patterns. */
  getLinuxGlobPatternWarnings(): string[];
}

/** A session of its own: any number of them, with different rules, in one process. */
export class Sandbox implements SandboxSession {
  constructor(settings: SandboxSettings, options?: SandboxOptions);
  /** A sandbox that is ready. Rejects with what is wrong with settings or machine. */
  static create(settings: SandboxSettings, options?: SandboxOptions): Promise<Sandbox>;
  /** Checks settings and machine. Wrapping waits for it, so it need not be called. */
  initialize(): Promise<void>;
  /** The same as reset(). */
  close(): Promise<void>;
  getConfig(): SandboxSettings;
  wrapWithSandbox: SandboxSession['wrapWithSandbox'];
  wrapWithSandboxArgv: SandboxSession['wrapWithSandboxArgv'];
  cleanupAfterCommand(): void;
  updateConfig(newConfig: SandboxSettings): void;
  reset(): Promise<void>;
  isSandboxingEnabled(): boolean;
  waitForNetworkInitialization(): Promise<boolean>;
  getFsReadConfig(): FsReadRestrictionConfig;
  getFsWriteConfig(): FsWriteRestrictionConfig;
  getNetworkRestrictionConfig(): NetworkRestrictionConfig;
  getAllowUnixSockets(): string[] | undefined;
  getAllowLocalBinding(): boolean | undefined;
  getAllowMachLookup(): string[] | undefined;
  getIgnoreViolations(): Record<string, string[]> | undefined;
  getEnableWeakerNestedSandbox(): boolean | undefined;
  getProxyPort(): number | undefined;
  getSocksProxyPort(): number | undefined;
  getProxyAuthToken(): string | undefined;
  getLinuxHttpSocketPath(): string | undefined;
  getLinuxSocksSocketPath(): string | undefined;
  getSandboxViolationStore(): SandboxViolationStore;
  annotateStderrWithSandboxFailures(id: string, stderr: string): string;
  getCommandFailure(id: string): string | undefined;
  getLinuxGlobPatternWarnings(): string[];
}

export interface ISandboxManager extends SandboxSession {
  /** `enableLogMonitor` means nothing: refusals are always recorded. */
  initialize(
    runtimeConfig: SandboxSettings,
    sandboxAskCallback?: SandboxAskCallback | null,
    enableLogMonitor?: boolean,
    options?: Omit<SandboxOptions, 'ask'>,
  ): Promise<void>;
  isSupportedPlatform(platform?: Platform): boolean;
  /** The argument means nothing: srt needs no ripgrep. */
  checkDependencies(ripgrepConfig?: { command: string; args?: string[] }): SandboxDependencyCheck;
  checkDependenciesAsync(ripgrepConfig?: { command: string; args?: string[] }): Promise<SandboxDependencyCheck>;
  getConfig(): SandboxRuntimeConfig | undefined;
  /** Always undefined: srt does not look into TLS. */
  getMitmCA(): undefined;
  /** Throws: srt does not mask credentials. */
  getSentinelRegistry(): never;
  getAwsPairRegistry(): never;
  getMaskedFileStore(): never;
}

/** The one session that is there by itself, by the names of `@anthropic-ai/sandbox-runtime`. Its functions need no `this`. */
export const SandboxManager: ISandboxManager;

// ---- errors

export type SandboxErrorCode =
  | 'SRT_NOT_FOUND' | 'SRT_NOT_INITIALIZED' | 'SRT_INITIALIZED' | 'SRT_SETTINGS' | 'SRT_UNAVAILABLE'
  | 'SRT_UNSUPPORTED' | 'SRT_ARGUMENT' | 'SRT_CHANNEL';

export class SandboxError extends Error {
  constructor(code: SandboxErrorCode, message: string, more?: { cause?: unknown });
  readonly code: SandboxErrorCode;
}

export interface SandboxSettingsIssue {
  code: 'custom';
  /** ["filesystem", "denyRead", 0] */
  path: (string | number)[];
  /** The same as text. */
  pointer: string;
  message: string;
}

export class SandboxSettingsError extends SandboxError {
  /** what: the argument that the settings came by; the message names it. */
  constructor(problems: string[], what?: string);
  readonly issues: SandboxSettingsIssue[];
  /** The same as issues. */
  readonly errors: SandboxSettingsIssue[];
}

export type LinuxSandboxProfileErrorCode = 'too_many_arguments' | 'nul_in_path' | 'args_file_unavailable' | 'command_too_long';

export class LinuxSandboxProfileError extends Error {
  constructor(code: LinuxSandboxProfileErrorCode, message: string, cause?: unknown);
  readonly code: LinuxSandboxProfileErrorCode;
}

// ---- schemas: srtctl check judges

export type SafeParseResult<T> = { success: true; data: T } | { success: false; error: SandboxSettingsError };

export interface SettingsSchema<T> {
  parse(value: unknown): T;
  safeParse(value: unknown): SafeParseResult<T>;
  parseAsync(value: unknown): Promise<T>;
  safeParseAsync(value: unknown): Promise<SafeParseResult<T>>;
}

export const SandboxRuntimeConfigSchema: SettingsSchema<SandboxRuntimeConfig>;
export const NetworkConfigSchema: SettingsSchema<NetworkConfig>;
export const FilesystemConfigSchema: SettingsSchema<FilesystemConfig>;
export const CredentialsConfigSchema: SettingsSchema<CredentialsConfig>;
export const IgnoreViolationsConfigSchema: SettingsSchema<IgnoreViolationsConfig>;
export const RipgrepConfigSchema: SettingsSchema<NonNullable<SandboxSettings['ripgrep']>>;
export const GitConfigSchema: SettingsSchema<GitConfig>;
export const WindowsConfigSchema: SettingsSchema<WindowsConfig>;
export const SrtWinConfigSchema: SettingsSchema<SrtWinConfig>;

// ---- the machine

export type Platform = 'macos' | 'linux' | 'windows' | 'unknown';

/** "1", "2" under the Windows subsystem for Linux, else undefined. */
export function getWslVersion(): string | undefined;
/** What can be written whatever the settings say. */
export function getDefaultWritePaths(rules?: { denyRead?: string[]; allowRead?: string[] }): string[];
export function hasLinuxSandboxDependenciesSync(allowAllUnixSockets?: boolean): boolean;

// ---- what srt has not: calling one of these throws, with what to do instead

export function certThumbprint(...unused: unknown[]): never;
export function generateCa(...unused: unknown[]): never;
export function validateCaPair(...unused: unknown[]): never;

export function buildGitConfigEnv(...unused: unknown[]): never;
export function checkWindowsDependenciesAsync(...unused: unknown[]): never;
export function checkWindowsSandboxStatus(...unused: unknown[]): never;
export function checkWindowsSandboxStatusAsync(...unused: unknown[]): never;
export function ensurePersistentWindowsCa(...unused: unknown[]): never;
export function expandWindowsFsPaths(...unused: unknown[]): never;
export function getSrtWinPath(...unused: unknown[]): never;
export function getWindowsSandboxCaCert(...unused: unknown[]): never;
export function getWindowsSandboxUserStatus(...unused: unknown[]): never;
export function getWindowsSandboxUserStatusAsync(...unused: unknown[]): never;
export function getWindowsWfpStatus(...unused: unknown[]): never;
export function getWindowsWfpStatusAsync(...unused: unknown[]): never;
export function grantWindowsAcl(...unused: unknown[]): never;
export function installWindowsSandbox(...unused: unknown[]): never;
export function installWindowsSandboxAsync(...unused: unknown[]): never;
export function isUncPath(...unused: unknown[]): never;
export function parseWindowsBinShell(...unused: unknown[]): never;
export function parseWindowsSandboxError(...unused: unknown[]): never;
export function resolveSrtWin(...unused: unknown[]): never;
export function restoreWindowsAcl(...unused: unknown[]): never;
export function revokeWindowsAcl(...unused: unknown[]): never;
export function stampWindowsAcl(...unused: unknown[]): never;
export function uninstallWindowsSandbox(...unused: unknown[]): never;
export function verifyWindowsWfpEgress(...unused: unknown[]): never;
export function windowsInstallInstructions(...unused: unknown[]): never;
export function windowsStateDir(...unused: unknown[]): never;
export function windowsTrustCa(...unused: unknown[]): never;
export function windowsTrustCaAsync(...unused: unknown[]): never;

export class WindowsSandboxError extends Error {
  constructor(code: string, message: string);
  readonly code: string;
}
export const VENDORED_SRT_WIN_EXE: undefined;
export const DEFAULT_WINDOWS_PROXY_PORT_RANGE: undefined;
export const SRT_WIN_DISPATCH_ARG1: undefined;

// Types of that.
export type CredentialRestrictionConfig = never;
export type FilterRequestCallback = never;
export type GeneratedCa = never;
export type CaPairValidation = never;
export type MutateForwardedHeaders = never;
export type RequestDecision = never;
export type MappedDriveCwdError = never;
export type SrtWinSpawn = never;
export type WindowsAclAceOutcome = never;
export type WindowsAclGrantOptions = never;
export type WindowsAclStampOptions = never;
export type WindowsBinShell = never;
export type WindowsInstallOptions = never;
export type WindowsInstallResult = never;
export type WindowsPersistentCa = never;
export type WindowsSandboxErrorCode = never;
export type WindowsSandboxStatus = never;
export type WindowsSandboxUserStatus = never;
export type WindowsWfpStatus = never;
export type WindowsWfpStatusResult = never;
export type WindowsWfpVerifyResult = never;
