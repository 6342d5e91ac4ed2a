import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { DescribeLine, DescribeWork } from './types.ts';

const script = fileURLToPath(new URL('./describe.ts', import.meta.url));

/** What one describing process printed until its end. */
interface Round {
  readonly lines: readonly DescribeLine[];
  /** Why it ended before it was done; undefined when it was done. */
  readonly ended: string | undefined;
  readonly stderr: string;
}

/** The process itself and the platform's own code; a plugin's time begins after that. */
const START_WITHIN_MS = 60_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts describing processes; one describes once, since code stays in the process that imported it. */
export interface Describer {
  /** @param timeoutMs how long the import of one module may take @param signal ends the process */
  run(work: readonly DescribeWork[], timeoutMs: number, signal?: AbortSignal): Promise<Round>;
  /** Starts the next process ahead of time, with everything loaded that the last one needed besides plugins. */
  warm(): void;
  dispose(): void;
}

/** @param options `background` for processes that leave the processors to others */
export function createDescriber(
  rootDir: string,
  { background = false }: { readonly background?: boolean } = {},
): Describer {
  let modules: readonly string[] = [];
  let spare: Child | undefined;

  const start = (): Child => {
    const child = spawn(process.execPath, [script], { cwd: rootDir, stdio: ['pipe', 'pipe', 'pipe'] });
    if (background && child.pid !== undefined) lowerPriority(child.pid);
    // A process that has ended is detected by the end of its output.
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(modules)}\n`);
    return child;
  };

  return {
    async run(work, timeoutMs, signal) {
      const child = spare ?? start();
      spare = undefined;
      const end = () => child.kill('SIGKILL');
      signal?.addEventListener('abort', end);
      const round = await readRound(child, work, timeoutMs);
      signal?.removeEventListener('abort', end);
      for (const line of round.lines) if (line.event === 'read') modules = line.modules;
      return round;
    },
    warm() {
      spare ??= start();
    },
    dispose() {
      spare?.kill('SIGKILL');
      spare = undefined;
      modules = [];
    },
  };
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already.
  }
}

/** Hands the work over and reads to the end; ends the process when one module takes longer than `timeoutMs`. */
async function readRound(child: Child, work: readonly DescribeWork[], timeoutMs: number): Promise<Round> {
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', resolve).once('error', () => resolve(null));
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2_000)));
  let timedOut = false;
  const end = () => {
    timedOut = true;
    child.kill('SIGKILL');
  };
  child.stdin.write(`${JSON.stringify(work)}\n`);
  let timer = setTimeout(end, Math.max(timeoutMs, START_WITHIN_MS));
  const lines: DescribeLine[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    lines.push(JSON.parse(text) as DescribeLine);
    clearTimeout(timer);
    timer = setTimeout(end, timeoutMs);
  }
  const code = await closed;
  clearTimeout(timer);
  const reason = timedOut ? `took longer than ${timeoutMs} ms` : `ended the process with ${String(code)}`;
  return { lines, ended: timedOut || code !== 0 ? reason : undefined, stderr: stderr.trim() };
}
