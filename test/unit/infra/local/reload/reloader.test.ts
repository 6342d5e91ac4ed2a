import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createReloader } from '#infra/local/reload/reloader.ts';
import { assemblyOf, functionOf, recordingTerminal } from '../lambda/fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'anineeplus-reload-'));
mkdirSync(join(dir, 'functions'));
writeFileSync(join(dir, 'functions/api.mjs'), '');
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const built = { event: 'built', plugin: 'test', dir, ms: 1 } as const;

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
    terminal,
    resynth: async () => {
      resynths += 1;
      if (resynths > 1) throw new Error('PLG003 plugin.json');
    },
  });
  void reload(built);
  void reload(built);
  void reload({ event: 'error', plugin: 'test', message: 'api.ts:3:1: unexpected ;' });
  void reload({ event: 'manifest-changed' });
  await reload({ event: 'manifest-changed' });

  expect(swaps.slice(0, 2)).toEqual(['anineeplus-local-test-api', dir]);
  expect(terminal.lines).toEqual([
    expect.stringMatching(/^reloaded test in \d+ ms$/),
    'test was not reloaded, the last good one stays: no config',
    'test: api.ts:3:1: unexpected ;',
    expect.stringMatching(/^reloaded the system in \d+ ms$/),
    'the system was not reloaded, the last good one stays: PLG003 plugin.json',
  ]);
});
