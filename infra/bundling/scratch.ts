import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A new temporary folder, which is removed when the process ends. */
export function scratchDir(purpose: string): string {
  if (made.length === 0) {
    process.once('exit', () => made.forEach((dir) => rmSync(dir, { recursive: true, force: true })));
  }
  const dir = mkdtempSync(join(tmpdir(), `anineeplus-${purpose}-`));
  made.push(dir);
  return dir;
}
