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
      async prepare(names, codeDir) {
        swaps.push(...names, codeDir);
        if (swaps.length > 2) throw new Error('no config');
        const commit = () => {
          swaps.push('committed');
          return () => {};
        };
        return { commit, discard: () => {} };
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

  expect(swaps.slice(0, 3)).toEqual(['anineeplus-local-test-api', join(copies, 'test-1'), 'committed']);
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

/** A reloader over functions that note what is done to them. */
function recordingReloader(copiesDir: string, fault?: string) {
  const steps: string[] = [];
  const terminal = recordingTerminal();
  const reload = createReloader({
    assembly: { current: assemblyOf([functionOf('', 'api')]) },
    functions: {
      async prepare(_, codeDir) {
        const copy = codeDir.slice(copiesDir.length + 1);
        steps.push(`load ${copy}`);
        if (fault !== undefined) throw new Error(fault);
        const commit = () => {
          steps.push('commit');
          return () => void steps.push(`revert ${copy}`);
        };
        return { commit, discard: () => void steps.push('discard') };
      },
    },
    builds: createBuildStore(copiesDir),
    terminal,
    resynth: async () => [],
  });
  return { reload, steps, terminal };
}

it('serves a build before it is checked, and the one before it again when it has errors', async () => {
  const early = join(dir, 'early');
  const { reload, steps, terminal } = recordingReloader(early);
  const compiled = { event: 'compiled', plugin: 'test', dir: build, ms: 1, early: true } as const;
  await reload(compiled);
  expect(steps).toEqual(['load test-1', 'commit']);
  await reload(built);
  expect(steps.slice(2)).toEqual([]);

  await reload(compiled);
  // A build that replaces one which was never checked is taken back to the last that was.
  await reload(compiled);
  await reload({ event: 'error', plugin: 'test', dir: build, message: 'PLG304 plugin.ts' });
  expect(steps.slice(2)).toEqual(['load test-2', 'commit', 'load test-3', 'commit', 'revert test-2']);
  expect(terminal.lines.slice(-1)).toEqual([
    'test has errors, the last good one serves again\nPLG304 plugin.ts',
  ]);
  // What served may still be at work until the next one is in force.
  expect(readdirSync(early).sort()).toEqual(['test-1', 'test-2', 'test-3']);
  await reload(compiled);
  await reload(built);
  expect(readdirSync(early).sort()).toEqual(['test-1', 'test-4']);
});

it('leaves alone what serves when a change does not build, and takes it back when it has errors', async () => {
  const { reload, steps, terminal } = recordingReloader(join(dir, 'unchecked'));
  const compiled = { event: 'compiled', plugin: 'test', dir: build, ms: 1, early: true } as const;
  const errors = { event: 'error', plugin: 'test', dir: build, message: 'PLG304 plugin.ts' } as const;
  await reload(compiled);
  await reload({ event: 'error', plugin: 'test', message: 'api.ts:3:1: unexpected ;' });
  expect(terminal.lines.at(-1)).toMatch(/^test was not reloaded, the last good one stays/);
  await reload(errors);
  expect(steps).toEqual(['load test-1', 'commit', 'revert test-1']);

  // What the whole system is made of anew is not taken back to what was before.
  await reload(compiled);
  await reload({ event: 'manifest-changed' });
  await reload(compiled);
  await reload(errors);
  expect(steps.slice(3)).toEqual(['load test-2', 'commit', 'load test-3', 'commit', 'revert test-3']);
});

it('reports once that a build does not load, whatever its check says', async () => {
  const { reload, steps, terminal } = recordingReloader(join(dir, 'unloadable'), 'no config');
  await reload({ event: 'compiled', plugin: 'test', dir: build, ms: 1, early: true });
  await reload(built);
  expect(steps).toEqual(['load test-1']);
  expect(terminal.lines).toEqual(['test was not reloaded, the last good one stays: no config']);
});

it('loads a build while it is checked, and takes it when it is good', async () => {
  const checked = join(dir, 'checked');
  const { reload, steps } = recordingReloader(checked);
  const compiled = { event: 'compiled', plugin: 'test', dir: build, ms: 1, early: false } as const;
  await reload(compiled);
  expect(steps).toEqual(['load test-1']);
  await reload(built);
  expect(steps).toEqual(['load test-1', 'commit']);

  await reload(compiled);
  await reload({ event: 'error', plugin: 'test', message: 'PLG304 plugin.ts' });
  expect(steps.slice(2)).toEqual(['load test-2', 'discard']);

  await reload(compiled);
  await reload(compiled);
  await reload(built);
  expect(steps.slice(4)).toEqual(['load test-3', 'load test-4', 'discard', 'commit']);
  expect(readdirSync(checked).sort()).toEqual(['test-1', 'test-4']);
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
