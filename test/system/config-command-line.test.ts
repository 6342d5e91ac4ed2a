import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Ran, plugins } from '../unit/infra/cli/command-line.ts';
import { type System, startSystem } from '../support/system.ts';

vi.setConfig({ testTimeout: 120_000 });

const program = join(import.meta.dirname, '../../infra/cli/config.ts');
const folder = mkdtempSync(join(tmpdir(), 'anineeplus-config-'));
const ANINEEPLUS_EXPORT_KEY = randomBytes(32).toString('base64');
let system: System;
let printed = '';

beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command against the system. */
async function config(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const ran = await plugins(folder, [...args, '--url', system.url], env, program);
  printed += ran.stdout + ran.stderr;
  return ran;
}

const valueOf = async (path: string): Promise<string | undefined> => {
  const { stdout } = await config(['get', 'payment']);
  const rows = stdout.split('\n').map((line) => line.split('\t'));
  return rows.find(([name]) => name === path)?.[1];
};

describe('npm run config', () => {
  it('shows values, and secrets masked', async () => {
    expect(await valueOf('stripe.secretKey')).toBe('"********"');
    expect(await valueOf('stripe.apiBase')).toMatch(/^"http:/);
    const { stdout } = await config(['get', 'payment', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'payment', label: 'cfg-1', overridden: [] });
  });

  it('changes values, tells what differs, and returns to a version', async () => {
    const set = await config(['set', 'payment', 'limits.maxAmount=500', 'limits.minAmount=2']);
    expect(set.stdout).toBe('payment: cfg-2 is in force\n  limits.maxAmount\n  limits.minAmount\n');
    expect((await config(['diff', 'payment', 'cfg-1', 'cfg-2'])).stdout).toBe(
      'limits.maxAmount\t-\t500\nlimits.minAmount\t-\t2\n',
    );
    await config(['set', 'payment', '--unset', 'limits.minAmount']);
    expect(await valueOf('limits.minAmount')).toBeUndefined();
    expect((await config(['rollback', 'payment', 'cfg-2'])).stdout).toContain('payment: cfg-2 is in force');
    expect((await config(['set', 'payment', 'limits.minAmount=2'])).stdout).toContain(
      'nothing differs from cfg-2',
    );
    const rows = (await config(['history', 'payment'])).stdout.trim().split('\n');
    expect(rows.map((row) => row.split('\t').slice(0, 2))).toEqual([
      ['cfg-3', ''],
      ['cfg-2', 'in force'],
      ['cfg-1', ''],
    ]);
    expect(rows[1]).toContain('developer');
  });

  it('says which members do not fit, and what the plugin says, without the values', async () => {
    const key = join(folder, 'key.txt');
    writeFileSync(key, 'sk_test_hunter2\n');
    const unfit = await config(['set', 'payment', 'limits.maxAmount=much', 'stripe.secretKei=x']);
    expect(unfit.status).toBe(1);
    expect(unfit.stderr).toContain('error: config-rejected');
    expect(unfit.stderr).toContain('  - limits.maxAmount must be a decimal');
    expect(unfit.stderr).toContain('  - stripe.secretKei is not known here');
    const refused = await config(['set', 'payment', `stripe.secretKey=@${key}`]);
    expect(refused.stderr).toContain('health: the provider refuses the credentials');
    expect(printed).not.toContain('hunter2');
  });

  it('exports to a file for its owner alone, and restores it', async () => {
    const out = join(folder, 'configs.json');
    const env = { ANINEEPLUS_EXPORT_KEY };
    expect((await config(['export', '--all', '--out', out])).stderr).toContain(
      'ANINEEPLUS_EXPORT_KEY is not set',
    );
    expect((await config(['export', '--all', '--out', out], env)).stdout).toMatch(
      new RegExp(`^advanced-plugin: cfg-1 of \\S+ is in ${out}\npayment: cfg-2 of \\S+ is in ${out}\n$`),
    );
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const keys = readFileSync(join(system.stateDir, 'sandboxes.json'), 'utf8');
    const [secret = ''] = /sk_test_\w+/.exec(keys) ?? [];
    expect(secret).not.toBe('');
    expect(readFileSync(out, 'utf8')).not.toContain(secret);
    await config(['set', 'payment', 'limits.maxAmount=7']);
    const imported = await config(['import', out], env);
    expect(imported.stdout).toMatch(/^payment: cfg-\d+ is in force\n {2}limits.maxAmount\n$/m);
    expect(await valueOf('limits.maxAmount')).toBe('500');
    const other = { ANINEEPLUS_EXPORT_KEY: randomBytes(32).toString('base64') };
    expect((await config(['import', out], other)).stderr).toContain('envelope-invalid');
    expect(printed).not.toContain(secret);
  });

  it('restores what was taken away', async () => {
    const out = join(folder, 'configs.json');
    const before = await valueOf('limits.maxAmount');
    await config(['set', 'payment', '--unset', 'limits', 'paypal']);
    expect(await valueOf('limits.maxAmount')).toBeUndefined();
    await config(['import', out, 'payment'], { ANINEEPLUS_EXPORT_KEY });
    expect(await valueOf('limits.maxAmount')).toBe(before);
    expect(await valueOf('paypal.clientSecret')).toBe('"********"');
  });

  it.each([
    [['get', 'nope'], 'not-found'],
    [['get', 'simple-plugin'], 'no-configuration'],
    [['set', 'payment'], 'there is nothing to change'],
    [['set', 'payment', 'limits'], 'write path=value'],
    [['export', '--out', 'x'], 'either a plugin or --all'],
    [['rollback', 'payment', 'cfg-99'], 'config-version-unknown'],
    [['rollback', 'payment', 'newest'], 'must be a label, such as cfg-7'],
    [['history', 'nope'], 'not-found'],
    [['set', 'payment', 'stripe.secretKey=@nowhere.txt'], 'nowhere.txt cannot be read (ENOENT)'],
    [['import', 'nowhere.json'], 'nowhere.json cannot be read (ENOENT)'],
    [['backups', 'payment'], 'config-backups-off'],
  ])('ends with 1 for %j', async (args, reason) => {
    const { status, stderr } = await config(args);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(reason) });
  });
});
