import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keysText, knownKeys } from '#infra/local/sandboxes/known-keys.ts';
import { openSandboxSecrets } from '#infra/local/sandboxes/secrets.ts';
import { writeRuntime } from '#infra/local/state/state-dir.ts';

const main = join(import.meta.dirname, '../../../../../infra/local/main.ts');
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anineeplus-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const generated = { 'shop.key': { env: 'SHOP_KEY', generate: 'sk_' }, 'shop.api': { env: 'SHOP_API' } };
const begin = () =>
  openSandboxSecrets(dir).of('payment', { name: 'shop', config: generated } as never, 'http://127.0.0.1:1');
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: 30_000 });

it('shows the generated keys, and where a running sandbox listens', () => {
  const { 'shop.key': key } = begin();
  const keys = { 'shop.key': key };
  expect(knownKeys(dir)).toEqual([{ plugin: 'payment', sandbox: 'shop', url: undefined, keys }]);
  expect(keysText(knownKeys(dir))).toBe(`shop sandbox of payment, not running\n  shop.key  ${key}\n`);
  const sandboxes = { shop: 'http://127.0.0.1:12111' };
  const removeRuntime = writeRuntime(dir, { url: 'x', gateway: 'x', sandboxes, pid: 1, startedAt: 'x' });
  expect(knownKeys(dir)[0]?.url).toBe('http://127.0.0.1:12111');
  removeRuntime();
  expect(knownKeys(dir)[0]?.url).toBeUndefined();
});

it.each([
  ['before', ['--state', '?', 'keys', '--json']],
  ['behind', ['keys', '--state', '?', '--json']],
])(
  'npm start -- keys prints them and starts nothing, with the folder named %s the command',
  (_where, args) => {
    const { 'shop.key': key } = begin();
    const { status, stdout } = run(...args.map((arg) => (arg === '?' ? dir : arg)));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual([{ plugin: 'payment', sandbox: 'shop', keys: { 'shop.key': key } }]);
  },
);

it('says in one line what to do before there are any', () => {
  writeFileSync(join(dir, 'other'), '');
  const { status, stdout, stderr } = run('keys', '--state', dir);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `error ${dir} has no sandbox yet: start the system first, with npm start (sandbox-never-started)\n`,
  );
});
