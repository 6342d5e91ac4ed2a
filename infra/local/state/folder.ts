import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a folder and its missing parents, for their owner only. Not with `recursive`: that never returns where a
 * parent exists but answers ENOENT to every new entry, as /proc does.
 * @throws Error of the file system
 */
export function makeFolder(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(dir);
  if (parent !== dir) makeFolder(parent);
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile; a file of that name is a fault.
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** More than a file system stores beside its metadata, so that a full one is noticed. */
const PROBE_BYTES = 65_536;

/** Writes a little into the folder and removes it again. @throws Error of the file system when that is impossible */
export function probeFolder(dir: string): void {
  const file = join(dir, 'probe.tmp');
  try {
    writeFileSync(file, Buffer.alloc(PROBE_BYTES));
  } finally {
    rmSync(file, { force: true });
  }
}

/** Probes the folder from time to time until the first failure, which it reports. @returns ends it */
export function watchFolder(dir: string, onFault: (error: unknown) => void, everyMs = 2_000): () => void {
  const timer = setInterval(() => {
    try {
      probeFolder(dir);
    } catch (error) {
      clearInterval(timer);
      onFault(error);
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
