import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cachedBundle } from '#infra/bundling/bundle-cache.ts';
import { createHasher } from '#infra/bundling/file-hash.ts';
import { copyProject } from '#testing/project.ts';

// Inside the repository, where packages resolve.
const root = join(import.meta.dirname, `.cache-fixture-${process.pid}`);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const build = () => cachedBundle({ name: 'cached', root, entries: ['api.ts'] }, createHasher());
const codeIn = (dir: string) => readFileSync(join(dir, 'api.mjs'), 'utf8');

test('a bundle is made again exactly when a file that it read has changed', async () => {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'lib.ts'), `export const answer = 'first';`);
  writeFileSync(
    join(root, 'api.ts'),
    `import { answer } from './lib.ts'; export const handler = () => answer;`,
  );
  const first = await build();
  writeFileSync(join(root, 'unrelated.ts'), `export const unrelated = 1;`);
  expect(await build()).toEqual(first);

  writeFileSync(join(root, 'lib.ts'), `export const answer = 'second';`);
  const second = await build();
  expect(codeIn(second.dir)).toContain('second');
  // Whoever still reads the first one can go on.
  expect(codeIn(first.dir)).toContain('first');

  for (const [answer, made] of [
    ['first', first],
    ['second', second],
  ] as const) {
    writeFileSync(join(root, 'lib.ts'), `export const answer = '${answer}';`);
    expect(await build()).toEqual(made);
  }

  rmSync(second.dir, { recursive: true });
  expect(codeIn((await build()).dir)).toContain('second');
});

test('a file that is edited while it is bundled is bundled again', async () => {
  mkdirSync(root, { recursive: true });
  const file = join(root, 'edited.ts');
  writeFileSync(file, `export const handler = () => 'before';`);
  const request = { name: 'edited', root, entries: ['edited.ts'] };
  const hashOf = createHasher();
  await cachedBundle(request, (path) => {
    writeFileSync(file, `export const handler = () => 'after';`);
    return hashOf(path);
  });
  const { dir } = await cachedBundle(request, createHasher());
  expect(readFileSync(join(dir, 'edited.mjs'), 'utf8')).toContain('after');
});

const buildHere = `
  import { cachedBundle } from './infra/bundling/bundle-cache.ts';
  import { createHasher } from './infra/bundling/file-hash.ts';
  const request = { name: 'copied', root: process.cwd() + '/functions/platform', entries: ['relay.ts'] };
  console.log((await cachedBundle(request, createHasher())).dir);`;

test('a copy of the project takes the bundle that another copy has made, which may be gone', () => {
  const builds = ['first', 'second'].map(() => {
    const cwd = copyProject();
    const args = ['--input-type=module', '--eval', buildHere];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    rmSync(cwd, { recursive: true });
    expect(stderr).toBe('');
    return basename(stdout.trim());
  });
  expect(builds[0]).toMatch(/^copied-/);
  expect(builds[1]).toBe(builds[0]);
});
