import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { SecretStore, SecretVersion } from './types.ts';

interface Row {
  readonly version: string;
  readonly text: string | null;
  readonly binary: Uint8Array | null;
  readonly created_at: number;
  readonly stages: string | null;
}

type Transaction = <T>(work: () => T) => T;

export function secretStore(db: DatabaseSync, transaction: Transaction): SecretStore {
  const select = db.prepare(
    `SELECT version, text, binary, created_at,
       (SELECT group_concat(stage) FROM secret_stages s WHERE s.name = v.name AND s.version = v.version) AS stages
     FROM secret_versions v WHERE name = ? ORDER BY created_at, rowid`,
  );
  const add = db.prepare(
    'INSERT INTO secret_versions (name, version, text, binary, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const attach = db.prepare('INSERT OR REPLACE INTO secret_stages (name, stage, version) VALUES (?, ?, ?)');
  const detach = db.prepare('DELETE FROM secret_stages WHERE name = ? AND stage = ?');
  const versions = (name: string) => (select.all(name) as unknown as Row[]).map(versionOf);
  const staged = (name: string, stage = 'AWSCURRENT') =>
    versions(name).find((version) => version.stages.includes(stage));
  const store: SecretStore = {
    versions,
    staged,
    insert: (name, versionId, value) =>
      void add.run(name, versionId, value.text ?? null, value.binary ?? null, Date.now()),
    moveStage: (name, stage, versionId) =>
      void (versionId === undefined ? detach.run(name, stage) : attach.run(name, stage, versionId)),
    put: (name, text) =>
      transaction(() => {
        const current = staged(name);
        if (current?.text === text) return;
        const versionId = randomUUID();
        store.insert(name, versionId, { text });
        store.moveStage(name, 'AWSCURRENT', versionId);
        if (current) store.moveStage(name, 'AWSPREVIOUS', current.versionId);
      }),
  };
  return store;
}

const versionOf = (row: Row): SecretVersion => ({
  versionId: row.version,
  text: row.text ?? undefined,
  binary: row.binary === null ? undefined : Buffer.from(row.binary),
  createdAt: row.created_at,
  stages: row.stages?.split(',') ?? [],
});
