import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'anineeplus-tests-'));
const changed = ['TMPDIR', 'NODE_COMPILE_CACHE'];
const before = changed.map((name) => [name, process.env[name]] as const);

/**
 * Vitest's global set-up: gives the whole run one temporary folder, and takes it away with everything that tests and
 * the processes they kill have left in it. Workers and the processes of tests share what Node.js has compiled, since
 * they load the same packages hundreds of times.
 */
export function setup(): void {
  process.env['TMPDIR'] = folder;
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compile-cache');
}

export function teardown(): void {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(folder, { recursive: true, force: true });
}
