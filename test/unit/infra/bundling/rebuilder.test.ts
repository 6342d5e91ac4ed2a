import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRebuilder, type Rebuilder } from '#infra/bundling/rebuilder.ts';
import { scratchDir } from '#infra/bundling/scratch.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';

const run = promisify(execFile);
// Inside the repository, where the platform's packages resolve.
const root = join(import.meta.dirname, '.rebuilder-fixture');
let rebuilder: Rebuilder;

function write(file: string, code: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), code);
}

/** What a process that may read the build alone gets from the handler. */
async function callIn(dir: string, ...flags: readonly string[]): Promise<unknown> {
  const entry = join(dir, 'caller.mjs');
  writeFileSync(
    entry,
    `import { handler } from './functions/api.mjs'; console.log(JSON.stringify(await handler()));`,
  );
  const args = [...flags, '--permission', `--allow-fs-read=${dir}`, entry];
  return JSON.parse((await run(process.execPath, args)).stdout);
}

beforeAll(async () => {
  for (const [name, code] of [
    ['modern', 'export const one = () => 1; export default "modern";'],
    ['later', 'export const later = "later";'],
  ]) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ type: 'module', exports: './index.js' }));
    write(`node_modules/${name}/index.js`, code ?? '');
  }
  write('node_modules/common/package.json', '{}');
  write('node_modules/common/index.js', 'exports.two = () => 2;');
  write('functions/api.ts', 'export const handler = async () => [];');
  const manifest = { name: 'sample', functions: { api: { entry: 'functions/api.ts' } }, build: {} };
  const plugin = { manifest, root: '.' } as unknown as LoadedPlugin;
  rebuilder = await createRebuilder(root, plugin, scratchDir('rebuilder'));
});
afterAll(async () => {
  await rebuilder.dispose();
  rmSync(root, { recursive: true, force: true });
});

test('packages stand beside the code, whatever their format and whenever they are first imported', async () => {
  const code = `
    import modern, { one } from 'modern';
    import { two } from 'common';
    import * as z from 'zod/mini';
    import { platformProblem } from '@anineeplus/plugins/runtime';
    export const handler = async () => [modern, one(), two(), z.string().parse('x'), platformProblem('forbidden').code];`;
  write('functions/api.ts', code);
  const first = await rebuilder.rebuild();
  expect(await callIn(first.dir)).toEqual(['modern', 1, 2, 'x', 'forbidden']);

  write('functions/api.ts', code.replace('[modern,', "[(await import('later')).later, modern,"));
  const second = await rebuilder.rebuild();
  expect(await callIn(second.dir)).toEqual(['later', 'modern', 1, 2, 'x', 'forbidden']);
  expect(existsSync(first.dir)).toBe(true);
  expect(rebuilder.dependsOn(join(root, 'functions/api.ts'))).toBe(true);
});

test('stack traces name the lines of the code as it now is', async () => {
  const code = `import modern from 'modern';
export const handler = async () => {
  try { throw new Error(modern); } catch (error) { return error.stack.split('\\n')[1]; }
};`;
  for (const [text, line] of [
    [code, 3],
    [`// one line more\n${code}`, 4],
  ] as const) {
    write('functions/api.ts', text);
    const { dir } = await rebuilder.rebuild();
    expect(await callIn(dir, '--enable-source-maps')).toMatch(
      new RegExp(`/functions/api\\.ts:${line}:15\\)?$`),
    );
  }
});

test('a missing import is reported with its file, and the next build works', async () => {
  write('functions/api.ts', `import 'nothing'; export const handler = async () => 1;`);
  await expect(rebuilder.rebuild()).rejects.toThrow(/api\.ts:1:7: ERROR: Could not resolve "nothing"/);
  write('functions/api.ts', `import { one } from 'modern'; export const handler = async () => one();`);
  expect(await callIn((await rebuilder.rebuild()).dir)).toBe(1);
});
