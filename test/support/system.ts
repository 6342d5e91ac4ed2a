import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assembledProject } from './assembled-project.ts';

/** The system under test, as a client sees it. */
export interface System {
  readonly url: string;
  /** The AWS endpoint of the functions; empty at a deployed stage. */
  readonly gateway: string;
  /** Origin of a provider's sandbox. @throws when the system under test has none of that name */
  sandbox(name: string): string;
  readonly stateDir: string;
  readonly pid: number;
  /** What the runner has printed since its last start. */
  output(): string;
  /** Ends it as Ctrl-C does, and forgets its state. @returns the exit code */
  stop(): Promise<number | null>;
  /** Ends the runner alone, as a power cut would. */
  kill9(): Promise<void>;
  /** Processes of this system, of this and former starts, that are still there. */
  leftovers(): Promise<readonly number[]>;
  /** Starts again on the same state. */
  restart(): Promise<void>;
}

export interface SystemOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Root of the project that is run; this one by default, with the assembly that other tests use as well. */
  readonly cwd?: string;
  /** Reload when files change. */
  readonly watch?: boolean;
}

interface Runtime {
  readonly url: string;
  readonly gateway: string;
  readonly sandboxes: Readonly<Record<string, string>>;
  readonly pid: number;
}

const READY_WITHIN_MS = 150_000;
const STOPPED_WITHIN_MS = 15_000;

/** The arguments that give every sandbox a free port. */
export const sandboxPorts = ['--sandbox-port', 'stripe=0', '--sandbox-port', 'paypal=0'] as const;

/**
 * Starts the local system on free ports and with a state of its own, or takes the deployed stage that `BASE_URL`
 * names (sandboxes then by `SANDBOX_STRIPE_URL` and the like).
 */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  // In Vitest's workers BASE_URL is always Vite's own, so its configuration hands it over as SYSTEM_URL.
  const deployed = process.env['SYSTEM_URL'] || process.env['BASE_URL'];
  return deployed?.startsWith('http') ? deployedSystem(deployed) : startLocal(options);
}

async function startLocal({
  env = {},
  args = [],
  cwd = assembledProject(),
  watch = false,
}: SystemOptions): Promise<System> {
  const stateDir = mkdtempSync(join(tmpdir(), 'anineeplus-system-'));
  const known = new Set<number>();
  let child: ChildProcess | undefined;
  let runtime: Runtime;
  let printed = '';

  const start = async () => {
    const flags = ['--port', '0', ...sandboxPorts, '--state', stateDir];
    if (!watch) flags.push('--no-watch');
    child = spawn(process.execPath, ['infra/local/main.ts', ...flags, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => (printed += String(chunk)));
    runtime = await readyRuntime(child, stateDir, () => printed);
  };
  /** Children are found by their parent, so it has to be asked while that lives. */
  const remember = () => descendants(runtime.pid).forEach((pid) => known.add(pid));

  await start();
  return {
    get url() {
      return runtime.url;
    },
    get gateway() {
      return runtime.gateway;
    },
    get pid() {
      return runtime.pid;
    },
    stateDir,
    output: () => printed,
    sandbox(name) {
      const url = runtime.sandboxes[name];
      if (url === undefined) throw new Error(`no sandbox ${name} runs`);
      return url;
    },
    async stop() {
      remember();
      const code = await end(child, 'SIGTERM');
      rmSync(stateDir, { recursive: true, force: true });
      return code;
    },
    async kill9() {
      remember();
      await end(child, 'SIGKILL');
      rmSync(join(stateDir, 'runtime.json'), { force: true });
    },
    leftovers: async () => [...known].filter(isAlive),
    restart: start,
  };
}

function deployedSystem(url: string): System {
  const impossible = () => Promise.reject(new Error('a deployed stage cannot be stopped by a test'));
  return {
    url,
    gateway: '',
    stateDir: '',
    pid: 0,
    output: () => '',
    sandbox(name) {
      const origin = process.env[`SANDBOX_${name.toUpperCase()}_URL`];
      if (origin === undefined) throw new Error(`SANDBOX_${name.toUpperCase()}_URL is not set`);
      return origin;
    },
    stop: async () => 0,
    kill9: impossible,
    leftovers: async () => [],
    restart: impossible,
  };
}

async function readyRuntime(child: ChildProcess, stateDir: string, printed: () => string): Promise<Runtime> {
  const file = join(stateDir, 'runtime.json');
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const runtime = readRuntime(file);
    if (runtime?.pid === child.pid) return runtime as Runtime;
    await sleep(25);
  }
  child.kill('SIGKILL');
  throw new Error(`the system did not start:\n${printed()}`);
}

function readRuntime(file: string): Runtime | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Runtime;
  } catch {
    // Being written.
    return undefined;
  }
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<number | null> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null)
    return child?.exitCode ?? null;
  const exit = once(child, 'exit');
  child.kill(signal);
  const late = sleep(STOPPED_WITHIN_MS, 'late' as const, { ref: false });
  if ((await Promise.race([exit, late])) === 'late') child.kill('SIGKILL');
  await exit;
  return child.exitCode;
}

/** Every process below one, read from /proc; none where there is no /proc. */
function descendants(pid: number): readonly number[] {
  if (!existsSync('/proc')) return [];
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(Number(entry));
    if (parent !== undefined) parents.set(Number(entry), parent);
  }
  const found = new Set([pid]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found];
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** A process that has ended but was not collected by its parent is not there any more. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
