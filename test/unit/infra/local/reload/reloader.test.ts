import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createBuildStore } from '#infra/local/reload/build-store.ts';
import { createReloader } from '#infra/local/reload/reloader.ts';
import { assemblyOf, functionOf, recordingTerminal } from '../lambda/fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'anineeplus-reload-'));
mkdirSync(join(dir, 'build/functions'), { recursive: true });
writeFileSync(join(dir, 'build/functions/api.mjs'), '');
const copies = join(dir, 'copies');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const build = join(dir, 'build');
const built = { event: 'built', plugin: 'test', dir: build, ms: 1 } as const;

it('swaps the functions that are in the bundle, one change after the other, and keeps going after a failure', async () => {
  const terminal = recordingTerminal();
  const swaps: string[] = [];
  let resynths = 0;
  const relay = functionOf('', 'relay', { handler: 'relay.handler' });
  const other = functionOf('', 'other', { plugin: 'other' });
  const reload = createReloader({
    assembly: { current: assemblyOf([functionOf('', 'api'), relay, other]) },
    functions: {
      async swap(names, codeDir) {
        swaps.push(...names, codeDir);
        if (swaps.length > 2) throw new Error('no config');
      },
    },
    builds: createBuildStore(copies),
    terminal,
    resynth: async () => {
      resynths += 1;
      if (resynths > 1) throw new Error('PLG003 plugin.json');
      return ['other'];
    },
  });
  void reload(built);
  void reload(built);
  void reload({ event: 'error', plugin: 'test', message: 'api.ts:3:1: unexpected ;' });
  void reload({ event: 'manifest-changed' });
  await reload({ event: 'manifest-changed' });

  expect(swaps.slice(0, 2)).toEqual(['anineeplus-local-test-api', join(copies, 'test-1')]);
  // The copy of the build that did not load is removed, the last good one is kept.
  expect(readdirSync(copies)).toEqual(['test-1']);
  expect(terminal.lines).toEqual([
    expect.stringMatching(/^reloaded test in \d+ ms$/),
    'test was not reloaded, the last good one stays: no config',
    'test was not reloaded, the last good one stays\napi.ts:3:1: unexpected ;',
    expect.stringMatching(/^reloaded the system in \d+ ms; other stays on its last good build$/),
    'the system was not reloaded, the last good one stays: PLG003 plugin.json',
  ]);
});

it('keeps the build in force and the one before it, of each plugin', () => {
  const store = createBuildStore(join(dir, 'kept'));
  const taken = ['a', 'a', 'b', 'a'].map((plugin) => {
    const copy = store.take(plugin, build);
    store.accept(plugin, copy);
    return copy;
  });
  expect(taken.map((copy) => existsSync(join(copy, 'functions/api.mjs')))).toEqual([false, true, true, true]);
});
