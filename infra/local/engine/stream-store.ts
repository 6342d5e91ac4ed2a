import { DatabaseSync } from 'node:sqlite';

/** The engine's table of stream records. */
export interface StreamStore {
  trim(tableName: string, throughSequence: string): void;
  clear(tableName: string): void;
  close(): void;
}

/**
 * Indexes and trims the stream table inside dynoxide's file while it runs. Without the index each write scans every
 * stream record of its table, and nothing is ever removed.
 */
export function openStreamStore(file: string): StreamStore {
  const db = new DatabaseSync(file, { timeout: 5000 });
  db.exec(
    'CREATE INDEX IF NOT EXISTS local_stream_seq ON _stream_records(table_name, CAST(sequence_number AS INTEGER))',
  );
  // The newest record stays: the engine takes its next sequence number from it.
  const trim = db.prepare(
    `DELETE FROM _stream_records WHERE table_name = :table AND CAST(sequence_number AS INTEGER) <= :through
       AND CAST(sequence_number AS INTEGER) <
         (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = :table)`,
  );
  const clear = db.prepare('DELETE FROM _stream_records WHERE table_name = ?');
  return {
    trim: (table, through) => void trim.run({ table, through: BigInt(through) }),
    clear: (table) => void clear.run(table),
    close: () => db.close(),
  };
}
