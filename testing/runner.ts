import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { manifestsOf } from './plugins.ts';
import { descendantsOf, isAlive } from './processes.ts';

/** The local system as a process. */
export interface Runner {
  /** Origin of the API. */
  readonly url: string;
  /** Origin of the AWS endpoint that functions call. */
  readonly awsEndpoint: string;
  /** Folder of tables, queues, secrets and the synthesized assembly. */
  readonly stateDir: string;
  readonly pid: number;
  /** Origin of a provider's sandbox. @throws Error when none of that name runs */
  sandbox(name: string): string;
  /** What the system has printed since its last start. */
  output(): string;
  /** Ends it as Ctrl-C does, and removes its state. @returns the exit code */
  stop(): Promise<number | null>;
  /** Ends the runner alone, as a power cut would. */
  kill9(): Promise<void>;
  /** Processes of this system, of this and former starts, that are still alive. */
  leftovers(): Promise<readonly number[]>;
  /** Starts again on the same state. */
  restart(): Promise<void>;
}

export interface RunnerStart {
  /** Root of the project that is run. */
  readonly projectDir: string;
  /** Variables of the environment, beside those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Further arguments of `npm start --`. */
  readonly args: readonly string[];
  /** Reload when files change. */
  readonly watch: boolean;
  readonly readyWithinMs?: number | undefined;
}

/** What the runner writes into its state folder when it is ready. */
interface Addresses {
  readonly url: string;
  readonly gateway: string;
  readonly sandboxes: Readonly<Record<string, string>>;
  readonly pid: number;
}

/** A first synth takes long where several run on a slow machine. */
const READY_WITHIN_MS = 270_000;
const STOPPED_WITHIN_MS = 15_000;

/** The arguments that give every sandbox of a project a free port. */
export const sandboxPortsOf = (projectDir: string): readonly string[] =>
  manifestsOf(projectDir)().flatMap(({ sandbox = {} }) =>
    Object.keys(sandbox).flatMap((name) => ['--sandbox-port', `${name}=0`]),
  );

/** Starts the local system of a project on free ports, with a state of its own. */
export async function startRunner({
  projectDir,
  env,
  args,
  watch,
  readyWithinMs = READY_WITHIN_MS,
}: RunnerStart): Promise<Runner> {
  const stateDir = mkdtempSync(join(tmpdir(), 'anineeplus-system-'));
  const known = new Set<number>();
  let child: ChildProcess | undefined;
  let addresses: Addresses;
  let printed = '';
  // A test run that ends before its tests have stopped the system takes the system along.
  const endWithThisProcess = () => child && askToEnd(child);
  process.once('exit', endWithThisProcess);

  const start = async () => {
    const flags = ['--port', '0', ...sandboxPortsOf(projectDir), '--state', stateDir];
    if (!watch) flags.push('--no-watch');
    child = spawn(nodeOf(projectDir), ['infra/local/main.ts', ...flags, ...args], {
      cwd: projectDir,
      env: { ...process.env, ...env },
      // It ends by itself when the channel closes, also when this process is killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => (printed += String(chunk)));
    addresses = await addressesOf(child, stateDir, readyWithinMs, () => printed);
  };
  /** Children are found by their parent, so it has to be asked while that lives. */
  const remember = () => descendantsOf(addresses.pid).forEach((pid) => known.add(pid));
  const discard = () => {
    process.removeListener('exit', endWithThisProcess);
    rmSync(stateDir, { recursive: true, force: true });
  };

  await start().catch((error: unknown) => {
    discard();
    throw error;
  });
  return {
    get url() {
      return addresses.url;
    },
    get awsEndpoint() {
      return addresses.gateway;
    },
    get pid() {
      return addresses.pid;
    },
    stateDir,
    output: () => printed,
    sandbox(name) {
      const url = addresses.sandboxes[name];
      if (url !== undefined) return url;
      const running = Object.keys(addresses.sandboxes).join(', ') || 'none';
      throw new Error(`no sandbox ${name} runs; there are: ${running}`);
    },
    async stop() {
      remember();
      const code = await end(child, askToEnd);
      discard();
      return code;
    },
    async kill9() {
      remember();
      await end(child, (running) => running.kill('SIGKILL'));
      rmSync(join(stateDir, 'runtime.json'), { force: true });
    },
    leftovers: async () => [...known].filter(isAlive),
    restart: start,
  };
}

/** The Node.js that the platform brings along, which is Lambda's; this process's where it is not installed. */
function nodeOf(projectDir: string): string {
  try {
    const manifest = createRequire(join(projectDir, 'package.json')).resolve('node/package.json');
    const binary = join(manifest, '..', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : process.execPath;
  } catch {
    return process.execPath;
  }
}

async function addressesOf(
  child: ChildProcess,
  stateDir: string,
  readyWithinMs: number,
  printed: () => string,
): Promise<Addresses> {
  const file = join(stateDir, 'runtime.json');
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const addresses = readAddresses(file);
    if (addresses?.pid === child.pid) return addresses as Addresses;
    await sleep(25);
  }
  child.kill('SIGKILL');
  throw new Error(`the system did not start:\n${printed()}`);
}

function readAddresses(file: string): Addresses | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Addresses;
  } catch {
    // Being written.
    return undefined;
  }
}

/** As Ctrl-C does. Windows has no signals: a program is asked by closing its channel there. */
function askToEnd(child: ChildProcess): void {
  if (process.platform !== 'win32') child.kill('SIGTERM');
  else if (child.connected) child.disconnect();
}

async function end(
  child: ChildProcess | undefined,
  how: (child: ChildProcess) => void,
): Promise<number | null> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null)
    return child?.exitCode ?? null;
  const exit = once(child, 'exit');
  how(child);
  const late = sleep(STOPPED_WITHIN_MS, 'late' as const, { ref: false });
  if ((await Promise.race([exit, late])) === 'late') child.kill('SIGKILL');
  await exit;
  return child.exitCode;
}
