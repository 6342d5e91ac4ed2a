import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSettings, settingsFor } from '#infra/local/runner/settings.ts';
import { allScopesOf } from '#infra/local/runner/synthesize.ts';
import { openState } from '#infra/local/state/open.ts';
import { prepareStateDir, removeLeftovers, resetState } from '#infra/local/state/state-dir.ts';
import { assemblyOf } from '../lambda/fixture.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anineeplus-settings-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('settings come from .env and the environment, which wins', () => {
  expect(readSettings(dir, { A: '1', GONE: undefined })).toEqual({ A: '1' });
  writeFileSync(join(dir, '.env'), 'A=file\nB="two words"\n# C=3\n');
  expect(readSettings(dir, { A: 'env' })).toEqual({ A: 'env', B: 'two words' });
});

it('a .env that cannot be read is reported in one line', () => {
  mkdirSync(join(dir, '.env'));
  expect(() => readSettings(dir, {})).toThrow(`${join(dir, '.env')} cannot be read (EISDIR): make it`);
});

it('a plugin sees its own settings only', () => {
  const all = { PAYMENT_PLUGIN_KEY: '1', PAYMENT_PLUGINS: '2', OTHER_KEY: '3', PAYMENT_PLUGIN: '4' };
  expect(settingsFor(all, 'PAYMENT_PLUGIN')).toEqual({ PAYMENT_PLUGIN_KEY: '1' });
  expect(settingsFor(all, undefined)).toEqual({});
});

it('a reset removes what the runner made and nothing else, and not while it runs', async () => {
  const state = openState(dir);
  mkdirSync(join(dir, 'cdk.out'));
  for (const name of ['sandboxes.json', 'issuer.json', 'runtime.json', 'dynamodb.sqlite-wal', 'notes.txt']) {
    writeFileSync(join(dir, name), '');
  }
  expect(() => resetState(dir)).toThrow('is in use by another npm start');
  expect(readdirSync(dir)).toContain('state.sqlite');
  state.close();
  resetState(dir);
  await removeLeftovers(dir);
  expect(readdirSync(dir)).toEqual(['notes.txt']);
  resetState(join(dir, 'never-was'))();
});

it('a reset is taken back when the start fails', () => {
  const read = () => readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  mkdirSync(join(dir, 'sandboxes', 'payment'), { recursive: true });
  for (const name of ['issuer.json', 'sandboxes.json']) writeFileSync(join(dir, name), 'old');
  const before = [...read(), 'lock.sqlite', 'runner.pid'].sort();
  const restore = resetState(dir);
  // What the start has made until it failed.
  mkdirSync(join(dir, 'sandboxes'));
  writeFileSync(join(dir, 'issuer.json'), 'new');
  restore();
  expect(read()).toEqual(before);
  expect(readFileSync(join(dir, 'issuer.json'), 'utf8')).toBe('old');
});

it('a start takes away what a killed process announced and left, and keeps the state', async () => {
  mkdirSync(join(dir, 'tmp'));
  for (const name of ['runtime.json', 'state.sqlite']) writeFileSync(join(dir, name), '');
  prepareStateDir(dir);
  expect(readdirSync(dir)).not.toContain('tmp');
  await removeLeftovers(dir);
  expect(readdirSync(dir)).toEqual(['state.sqlite']);
});

it('the developer has the scopes of routes and of operations without a route', () => {
  const route = { key: '', functionArn: '', auth: 'jwt', issuer: '', audience: [] } as const;
  const plugin = {
    plugin: 'p',
    manifest: '',
    root: '',
    envPrefix: undefined,
    secretArn: undefined,
    configVersion: 1,
    sandboxes: [],
  };
  const assembly = assemblyOf([], {
    routes: [
      { ...route, scopes: ['b'] },
      { ...route, scopes: ['a', 'b'] },
    ],
    plugins: [{ ...plugin, scopes: ['c', 'a'] }],
  });
  expect(allScopesOf(assembly)).toEqual(['a', 'b', 'c']);
});
