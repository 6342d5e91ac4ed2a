import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { apart } from '../apart.ts';
import { StartupError } from '../errors.ts';
import type { ProcessGuard } from '../lambda/guard.ts';
import type { Terminal } from '../types.ts';
import type { PlannedSandbox } from './plan.ts';

/** What a sandbox process gets. */
interface SandboxOptions {
  readonly planned: PlannedSandbox;
  readonly config: Readonly<Record<string, string>>;
  /** Where the webhooks' paths are served. */
  readonly webhookOrigin: string;
  readonly rootDir: string;
  readonly stateDir: string;
  readonly guard: ProcessGuard;
  readonly terminal: Terminal;
  readonly verbose: boolean;
}

/** A running sandbox process. */
export interface RunningSandbox {
  /** The plugin that declares it. */
  readonly plugin: string;
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 15_000;
const STOP_WITHIN_MS = 3_000;

/** Starts a sandbox and waits until it answers. @throws StartupError with what it said last when it does not */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { planned, guard } = options;
  const { name } = planned.sandbox;
  const child = spawnSandbox(options);
  const exit = new Promise<void>((resolve) =>
    child.once('exit', () => resolve()).once('error', () => resolve()),
  );
  if (child.pid !== undefined) void exit.then(guard.watch(child.pid));
  const lines = collectOutput(child, options);
  const url = `http://127.0.0.1:${planned.port}`;
  const running = {
    plugin: planned.plugin.plugin,
    name,
    url,
    async stop() {
      child.removeAllListeners('exit');
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.stdin?.end();
      if (child.exitCode !== null || child.signalCode !== null) return;
      await Promise.race([exited, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
      child.kill('SIGKILL');
    },
  };
  if (!(await sandboxAnswers(`${url}/__sandbox/health`, child))) {
    await running.stop();
    throw new StartupError(
      'sandbox-failed',
      `the ${name} sandbox did not start: ${lines.find(isError) ?? lines.at(-1) ?? 'it said nothing'}`,
    );
  }
  child.once('exit', () => options.terminal.error(`the ${name} sandbox ended; start again`));
  return running;
}

function spawnSandbox({ planned, config, webhookOrigin, rootDir, stateDir }: SandboxOptions): ChildProcess {
  const { sandbox, plugin, port } = planned;
  const ownState = join(stateDir, 'sandboxes', plugin.plugin, sandbox.name);
  mkdirSync(ownState, { recursive: true, mode: 0o700 });
  const webhooks = Object.entries(sandbox.webhooks).map(([name, path]) => [name, webhookOrigin + path]);
  return spawn(process.execPath, [join(rootDir, sandbox.entry)], {
    cwd: rootDir,
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      SANDBOX_PORT: String(port),
      SANDBOX_STATE_DIR: ownState,
      SANDBOX_CONFIG: JSON.stringify(config),
      SANDBOX_WEBHOOK_URLS: JSON.stringify(Object.fromEntries(webhooks)),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...apart(),
  });
}

/** @returns the lines that it prints, growing */
function collectOutput(
  child: ChildProcess,
  { planned, terminal, verbose }: SandboxOptions,
): readonly string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() !== '' && lines.length < 100) lines.push(line);
      if (verbose) terminal.info(`sandbox ${planned.sandbox.name}  ${line}`);
    });
  }
  return lines;
}

/** The line of an uncaught error that says what happened: a stack and the version of Node.js follow it. */
const isError = (line: string): boolean => /^\w*Error\b.*: /.test(line);

async function sandboxAnswers(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      async (response) => {
        await response.body?.cancel();
        return response.ok;
      },
      () => false,
    );
    if (ok) return true;
    // Each question costs some of the time that the sandbox needs itself.
    await sleep(50);
  }
  return false;
}
