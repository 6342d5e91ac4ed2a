import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { WatchEvent } from '#infra/process/watch-event.ts';
import { apart } from '../apart.ts';
import type { Terminal } from '../types.ts';

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
  onEvent: (event: WatchEvent) => void,
): () => void {
  // It ends when its stdin closes, which happens however the runner dies.
  const child = spawn(process.execPath, [join('infra', 'bundling', 'watch.ts'), rootDir, String(sinceMs)], {
    cwd: rootDir,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...apart(),
  });
  let stopping = false;
  let lastWords = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) onEvent(JSON.parse(line) as WatchEvent);
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
