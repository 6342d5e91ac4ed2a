import { DatabaseSync } from 'node:sqlite';

/**
 * Everything a sandbox remembers, by kind and id; each write is durable when its outermost transaction returns.
 * `Records` says what a record of each kind looks like.
 */
export interface Store<Records extends object> {
  get<K extends keyof Records & string>(kind: K, id: string): Records[K] | undefined;
  put<K extends keyof Records & string>(kind: K, id: string, value: Records[K]): void;
  delete(kind: keyof Records & string, id: string): void;
  /** Oldest first. */
  all<K extends keyof Records & string>(kind: K): Records[K][];
  /** Oldest first, with their ids. */
  entries<K extends keyof Records & string>(kind: K): { id: string; value: Records[K] }[];
  /** Those whose member `state` has this value, oldest first. */
  inState<K extends keyof Records & string>(kind: K, state: string): Records[K][];
  /** Deletes the oldest records of a kind beyond `keep`. */
  trim(kind: keyof Records & string, keep: number): void;
  /** Runs `work` in one transaction; a throw rolls everything back. Nests into the outer one. */
  transaction<T>(work: () => T): T;
  clear(): void;
  close(): void;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 2000;
  CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
  );
  CREATE INDEX IF NOT EXISTS by_kind ON records (kind);
  CREATE INDEX IF NOT EXISTS by_state ON records (kind, json_extract(body, '$.state'));
`;

/** Opens (or creates) the state file; `:memory:` keeps nothing. WAL survives a killed process. */
export function openStore<Records extends object>(file: string): Store<Records> {
  const db = new DatabaseSync(file);
  db.exec(SCHEMA);
  const select = db.prepare('SELECT body FROM records WHERE kind = ? AND id = ?');
  const selectAll = db.prepare('SELECT id, body FROM records WHERE kind = ? ORDER BY seq');
  const selectState = db.prepare(
    "SELECT body FROM records WHERE kind = ? AND json_extract(body, '$.state') = ? ORDER BY seq",
  );
  const upsert = db.prepare(
    'INSERT INTO records (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body',
  );
  const remove = db.prepare('DELETE FROM records WHERE kind = ? AND id = ?');
  const trim = db.prepare(`DELETE FROM records WHERE kind = ?1 AND seq <=
    (SELECT seq FROM records WHERE kind = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)`);
  let open = false;
  const entries = <K extends keyof Records & string>(kind: K) =>
    selectAll
      .all(kind)
      .map((row) => ({ id: String(row['id']), value: JSON.parse(String(row['body'])) as Records[K] }));
  return {
    get<K extends keyof Records & string>(kind: K, id: string): Records[K] | undefined {
      const row = select.get(kind, id);
      return row && (JSON.parse(String(row['body'])) as Records[K]);
    },
    put: (kind, id, value) => void upsert.run(kind, id, JSON.stringify(value)),
    delete: (kind, id) => void remove.run(kind, id),
    entries,
    all: (kind) => entries(kind).map(({ value }) => value),
    inState: <K extends keyof Records & string>(kind: K, state: string) =>
      selectState.all(kind, state).map((row) => JSON.parse(String(row['body'])) as Records[K]),
    trim: (kind, keep) => void trim.run(kind, keep),
    transaction<T>(work: () => T): T {
      if (open) return work();
      db.exec('BEGIN IMMEDIATE');
      open = true;
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      } finally {
        open = false;
      }
    },
    clear: () => db.exec('DELETE FROM records'),
    close: () => db.close(),
  };
}
