import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Terminal } from '../types.ts';

/** An event of the builder, one JSON line each. */
export type BuilderEvent =
  | {
      readonly event: 'compiled';
      readonly plugin: string;
      readonly dir: string;
      readonly ms: number;
      /** Whether it may serve before it is checked. */
      readonly early: boolean;
    }
  | { readonly event: 'built'; readonly plugin: string; readonly dir: string; readonly ms: number }
  | {
      readonly event: 'error';
      readonly plugin: string;
      readonly message: string;
      /** The build that has the errors; undefined where the code does not build. */
      readonly dir?: string;
    }
  | { readonly event: 'manifest-changed' };

/**
 * Starts the process that rebuilds plugins when their files change.
 *
 * @param sinceMs epoch milliseconds of the build in force; what changed since then is rebuilt at once
 * @returns stops it
 */
export function startBuilder(
  rootDir: string,
  sinceMs: number,
  terminal: Terminal,
  onEvent: (event: BuilderEvent) => void,
): () => void {
  // It ends when its stdin closes, which happens however the runner dies.
  const child = spawn(process.execPath, [join('infra', 'bundling', 'watch.ts'), rootDir, String(sinceMs)], {
    cwd: rootDir,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let stopping = false;
  let lastWords = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) onEvent(JSON.parse(line) as BuilderEvent);
  });
  createInterface({ input: child.stderr }).on('line', (line) => (lastWords = line.trim() || lastWords));
  child.stdin.on('error', () => {});
  child.once('exit', () => {
    if (!stopping) terminal.error(`files are not watched any more: ${lastWords || 'the builder ended'}`);
  });
  return () => {
    stopping = true;
    child.stdin.end();
  };
}
