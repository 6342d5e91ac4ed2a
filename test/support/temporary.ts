import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const before = process.env['TMPDIR'];
const folder = mkdtempSync(join(tmpdir(), 'anineeplus-tests-'));

/**
 * Vitest's global set-up: gives the whole run one temporary folder, and takes it away with everything that tests and
 * the processes they kill have left in it.
 */
export function setup(): void {
  process.env['TMPDIR'] = folder;
}

export function teardown(): void {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  rmSync(folder, { recursive: true, force: true });
}
