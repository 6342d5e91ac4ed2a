import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { apart } from '../apart.ts';
import { engineClient } from './client.ts';

// The shell waits for the end of its input, which comes when this process ends for whatever reason (also by
// SIGKILL), and then ends the engine. It also ends by itself when the engine does.
const guard =
  'exec 3<&0; "$0" "$@" </dev/null & p=$!; (read -r _ <&3; kill $p 2>/dev/null) & wait $p; exit $?';

/** The program of an engine, with its arguments for a port of loopback. */
export interface EngineProgram {
  readonly program: string;
  readonly argsFor: (port: number) => readonly string[];
  readonly answersWithinMs: number;
}

/** A process that answers as DynamoDB, or the last lines of one that does not. */
export type EngineStart =
  | { readonly endpoint: string; readonly child: ChildProcess; stop(): Promise<void> }
  | { readonly endpoint: undefined; readonly lastLines: readonly string[] };

const LINES_KEPT = 5;

/** Starts an engine that ends with this process, and waits until it answers. */
export async function startEngineProcess(
  { program, argsFor, answersWithinMs }: EngineProgram,
  port: number,
  platform: string = process.platform,
): Promise<EngineStart> {
  const args = argsFor(port);
  // Windows ends it with this process: see `apart`.
  const [command, commandArgs] =
    platform === 'win32' ? [program, args] : ['sh', ['-c', guard, program, ...args]];
  const child = spawn(command, commandArgs, { stdio: ['pipe', 'pipe', 'pipe'], ...apart(platform) });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() !== '' && lastLines.push(line) > LINES_KEPT) lastLines.shift();
    });
  }
  // Ends the guarding shell when the engine has ended by itself.
  child.once('exit', () => child.stdin.destroy());
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = () => stopProcess(child, platform);
  if (await engineAnswers(endpoint, child, answersWithinMs)) return { endpoint, child, stop };
  await stop();
  return { endpoint: undefined, lastLines };
}

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

async function engineAnswers(endpoint: string, child: ChildProcess, withinMs: number): Promise<boolean> {
  const client = engineClient(endpoint);
  try {
    for (const started = Date.now(); Date.now() - started < withinMs && !hasEnded(child);) {
      try {
        await client.call('DynamoDB_20120810.ListTables', {});
        return !hasEnded(child);
      } catch {
        await sleep(5);
      }
    }
    return false;
  } finally {
    client.close();
  }
}

async function stopProcess(child: ChildProcess, platform: string): Promise<void> {
  if (hasEnded(child)) return;
  const exit = once(child, 'exit');
  child.stdin?.end();
  // There is no shell that would end it.
  if (platform === 'win32') child.kill();
  await exit;
}
