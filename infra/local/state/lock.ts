import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartupError } from '../errors.ts';

const SQLITE_BUSY = 5;

// A connection that nothing refers to is closed by the garbage collector, and the lock with it.
const held = new Set<DatabaseSync>();

/**
 * Takes a state directory for this process. The lock is one of the operating system, which frees it whatever ends
 * the process, so there is no stale one. @returns frees it @throws StartupError when another process has it
 */
export function lockState(dir: string): () => void {
  const pidFile = join(dir, 'runner.pid');
  const db = new DatabaseSync(join(dir, 'lock.sqlite'), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    if ((cause as { errcode?: number }).errcode !== SQLITE_BUSY) throw cause;
    throw new StartupError(
      'state-in-use',
      `${dir} is in use by another npm start${holder(pidFile)}: stop that one, or give this one a --state of its own`,
      { cause },
    );
  }
  writeFileSync(pidFile, String(process.pid));
  held.add(db);
  return () => {
    held.delete(db);
    db.close();
  };
}

function holder(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
