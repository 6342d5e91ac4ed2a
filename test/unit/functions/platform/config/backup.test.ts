import { compactDecrypt, type CryptoKey, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Log } from '#runtime/contract/log.ts';
import { startDynamo, type TestDynamo } from '#test/support/dynamodb.ts';
import { backup } from '../../../../../functions/platform/backup/schedule.ts';
import {
  createBackupStore,
  type BackupStore,
} from '../../../../../functions/platform/config/backup-store.ts';
import { openConfig } from '../../../../../functions/platform/config/envelope.ts';

let dynamo: TestDynamo;
let privateKey: CryptoKey;
let publicKey: string;
let backups: BackupStore;
let tables = 0;
let table: string;
let counted: string[];
let logged: string;

beforeAll(async () => {
  dynamo = await startDynamo();
  ({ privateKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'X25519', extractable: true }));
  publicKey = (await exportJWK(privateKey)).x ?? '';
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  table = `backups-${++tables}`;
  await dynamo.createTable(table);
  backups = createBackupStore({ client: dynamo.documents, table });
  [counted, logged] = [[], ''];
});

const log: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (message, fields) => void (logged += message + JSON.stringify(fields)),
  count: (name) => void counted.push(name),
  duration: () => {},
};
const document = { configVersion: 2, values: { key: 'sk_secret' } };

function run(at: string, plugins: readonly string[] = ['payment'], stages: readonly string[] = ['cfg-3']) {
  return backup.run({
    services: {
      plugins,
      secrets: {
        async inForce(plugin) {
          if (plugin === 'locked') throw new Error('AccessDeniedException');
          return { version: { id: `${plugin}-v`, stages, createdAt: undefined }, document };
        },
      },
      backups,
      publicKey,
      stage: 'prod',
    },
    schedule: 'backup',
    scheduledAt: new Date(at),
    config: {},
    requestId: 'r',
    traceparent: undefined,
    span: { set() {}, link() {} },
    remainingMs: () => 1000,
    log,
  });
}

it('seals what is in force to the public key, which the private key alone opens', async () => {
  expect(await run('2026-11-23T02:17:00Z')).toEqual({ plugins: 1 });
  const { envelope, sealedKey } = (await backups.get('payment', '2026-11-23T02:17:00.000Z')) ?? {};
  expect(envelope).toMatchObject({ plugin: 'payment', stage: 'prod', label: 'cfg-3', configVersion: 2 });
  expect(JSON.stringify([envelope, sealedKey])).not.toContain('sk_secret');
  const { plaintext, protectedHeader } = await compactDecrypt(sealedKey ?? '', privateKey);
  expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: publicKey });
  expect(envelope && openConfig(envelope, Buffer.from(plaintext).toString())).toEqual(document);
});

it('lists what was kept, newest first, and another plugin apart', async () => {
  await run('2026-11-23T02:17:00Z', ['payment', 'notes']);
  await run('2026-11-24T02:17:00Z', ['payment'], ['AWSCURRENT']);
  expect(await backups.list('payment')).toEqual([
    { takenAt: '2026-11-24T02:17:00.000Z', label: 'cfg-1', version: 'payment-v', configVersion: 2 },
    { takenAt: '2026-11-23T02:17:00.000Z', label: 'cfg-3', version: 'payment-v', configVersion: 2 },
  ]);
  expect(await backups.list('notes')).toHaveLength(1);
  expect(await backups.get('notes', '2026-11-24T02:17:00.000Z')).toBeUndefined();
});

it('replaces what an earlier run for the same time has kept', async () => {
  await run('2026-11-23T02:17:00Z');
  await run('2026-11-23T02:17:00Z');
  expect(await backups.list('payment')).toHaveLength(1);
});

it('keeps the others when one cannot be read, and fails with its name', async () => {
  const failing = run('2026-11-23T02:17:00Z', ['locked', 'payment']);
  await expect(failing).rejects.toThrow('There is no backup of locked');
  expect(counted).toEqual(['plugin.config.backup.errors']);
  expect(logged).toContain('locked');
  expect(await backups.list('payment')).toHaveLength(1);
});

it('answers 503 when the table cannot be read', async () => {
  const lost = createBackupStore({ client: dynamo.documents, table: 'nowhere' });
  const refusal = { status: 503, code: 'registry-unavailable' };
  await expect(lost.list('payment')).rejects.toMatchObject(refusal);
  await expect(lost.get('payment', 'x')).rejects.toMatchObject(refusal);
});
