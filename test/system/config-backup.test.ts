import { createDecipheriv } from 'node:crypto';
import { cpSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compactDecrypt, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Json, request } from '#testing/client.ts';
import { createClock } from '#testing/clock.ts';
import { filesHolding } from '../support/files.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';
import { plugins as runCommand } from '../unit/infra/cli/command-line.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const SECRET = 'key-hunter2';
const program = join(import.meta.dirname, '../../infra/cli/config.ts');
let project: string;
const clock = ({ url }: Pick<System, 'url'>) => createClock(() => url);

let system: System;
let empty: System | undefined;
let printed = '';

const keyFile = () => join(project, 'backup-key.json');
const file = () => join(project, 'backup.json');

async function config(url: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runCommand(project, [...args, '--url', url], {}, program);
  printed += stdout + stderr;
  return stdout + stderr;
}

beforeAll(async () => {
  project = copyProject();
  cpSync(join(import.meta.dirname, 'fixtures/notes'), join(project, 'plugins/notes'), { recursive: true });
  const made = await runCommand(project, ['backup-key', '--out', keyFile()], {}, program);
  const [, backupKey] = /config\.backupKey=(\S+)/.exec(made.stdout) ?? [];
  editJson(join(project, 'cdk.json'), ({ context }: Json) => {
    context['config.backupKey'] = backupKey;
  });
  system = await startSystem({ cwd: project });
});
afterAll(async () => {
  await system?.stop();
  await empty?.stop();
  rmSync(project, { recursive: true, force: true });
});

const PATH = '/plugins/notes/config';
const backups = async () => (await request(system.url, 'GET', `${PATH}/backups`)).body.backups as Json[];
const valuesOf = async (url: string, name: string) =>
  (await request(url, 'GET', `/plugins/${name}/config`)).body.values;

/** What a backup holds, by the private key alone. */
async function documentIn({ envelope, sealedKey }: Json): Promise<Json> {
  const jwk = JSON.parse(readFileSync(keyFile(), 'utf8'));
  const { plaintext } = await compactDecrypt(sealedKey, await importJWK(jwk, 'ECDH-ES+A256KW'));
  const bytes = (base64: string) => Buffer.from(base64, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', bytes(String(Buffer.from(plaintext))), bytes(envelope.iv));
  const { format, plugin, stage, label, configVersion, exportedAt } = envelope;
  decipher.setAAD(Buffer.from(JSON.stringify([format, plugin, stage, label, configVersion, exportedAt])));
  decipher.setAuthTag(bytes(envelope.tag));
  return JSON.parse(decipher.update(envelope.ciphertext, 'base64', 'utf8') + decipher.final('utf8'));
}

describe('the scheduled backup of configurations', () => {
  it('is taken every night of every plugin that has one', async () => {
    const body = { title: 'kept', key: SECRET };
    await request(system.url, 'PATCH', PATH, { body, headers: { 'if-match': '*' } });
    expect(await backups()).toEqual([]);
    expect(await config(system.url, 'backups', 'notes')).toBe('notes: there is no backup yet\n');
    const { ran } = await clock(system).advance('25h');
    expect(ran.find(({ schedule }: Json) => schedule === 'backup')).toMatchObject({
      plugin: 'platform',
      status: 'ok',
      result: { outcome: 'done', summary: { plugins: 3 } },
    });
    const [newest, ...older] = await backups();
    expect(older).toEqual([]);
    expect(newest).toMatchObject({ label: 'cfg-2', configVersion: 1 });
    expect(newest.takenAt).toMatch(/T02:17:00\.000Z$/);
    expect(await config(system.url, 'backups', 'notes')).toContain(`${newest.takenAt}\tcfg-2\t1\t`);
  });

  it('is given out sealed, to a file for its owner alone', async () => {
    const written = await config(system.url, 'backup', '--all', '--out', file());
    expect(written).toMatch(
      /^advanced-plugin: cfg-1 .*\nnotes: cfg-2 of \S+ is in .*\npayment: cfg-1 of \S+ is in .*\n$/,
    );
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readFileSync(file(), 'utf8')).not.toContain(SECRET);
    const [, notes] = JSON.parse(readFileSync(file(), 'utf8')).plugins as Json[];
    expect(await documentIn(notes)).toEqual({ configVersion: 1, values: { title: 'kept', key: SECRET } });
  });

  it('is restored into an empty system, with values and history', async () => {
    empty = await startSystem({ cwd: project });
    const { url } = empty;
    const restored = await config(url, 'import', file(), '--backup-key', keyFile());
    expect(restored).toContain('notes: cfg-2 is in force\n  title\n  key\n');
    expect(restored).toContain('payment: cfg-2 is in force');
    for (const name of ['notes', 'payment'])
      expect(await valuesOf(url, name)).toEqual(await valuesOf(system.url, name));
    expect((await request(url, 'GET', '/notes')).body).toEqual({ title: 'kept', hasKey: true });
    const { versions } = (await request(url, 'GET', `${PATH}/versions`)).body;
    expect(versions).toMatchObject([
      { label: 'cfg-2', inForce: true, changed: ['title', 'key'] },
      { label: 'cfg-1', inForce: false },
    ]);
    const [entry] = (await request(url, 'GET', '/plugins/notes/audit')).body.entries;
    expect(entry).toMatchObject({ action: 'config-import', after: { label: 'cfg-2' } });
    // Masked values say nothing of secrets: a backup of the restored system does.
    expect(await clock(empty).runSchedule('platform/backup')).toMatchObject({ status: 'ok' });
    await config(url, 'backup', '--all', '--out', join(project, 'again.json'));
    const [before, after] = await Promise.all(
      [file(), join(project, 'again.json')].map((name) =>
        Promise.all((JSON.parse(readFileSync(name, 'utf8')).plugins as Json[]).map(documentIn)),
      ),
    );
    expect(after).toEqual(before);
  });

  it('is not opened without the private key, by another one, or after a change', async () => {
    expect(await config(system.url, 'import', file())).toContain('give the file that backup-key wrote');
    const other = join(project, 'other.json');
    await runCommand(project, ['backup-key', '--out', other], {}, program);
    expect(await config(system.url, 'import', file(), '--backup-key', other)).toContain(
      'does not open this backup',
    );
    expect(await config(system.url, 'import', file(), '--backup-key', file())).toContain(
      'holds no private key of backups',
    );
    editJson(file(), ({ plugins }: Json) => {
      for (const { envelope } of plugins as Json[]) envelope.stage = 'prod';
    });
    expect(await config(system.url, 'import', file(), 'notes', '--backup-key', keyFile())).toContain(
      'envelope-invalid',
    );
  });

  it('is kept for 35 days', async () => {
    const [first] = await backups();
    await clock(system).advance('36d');
    const left = await backups();
    expect(left).toHaveLength(1);
    expect(left[0].takenAt > first.takenAt).toBe(true);
    const path = `${PATH}/backups/${encodeURIComponent(first.takenAt)}`;
    expect((await request(system.url, 'GET', path)).body).toMatchObject({
      status: 404,
      code: 'config-backup-unknown',
    });
  });

  it('shows no secret in a log, an answer or a file but that of the secrets', async () => {
    for (const one of [system, empty as System]) {
      const logs = JSON.stringify((await request(one.url, 'GET', '/dev/invocations')).body);
      expect(logs + one.output() + printed).not.toContain(SECRET);
      const holders = filesHolding(one.stateDir, [SECRET]);
      expect(holders).not.toEqual([]);
      expect(holders.filter((name) => !name.startsWith('state.sqlite'))).toEqual([]);
    }
  });
});
