import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartupError } from '../errors.ts';
import { busLog } from './bus.ts';
import { diskFault } from './fault.ts';
import { makeFolder, probeFolder } from './folder.ts';
import { lockState } from './lock.ts';
import { mappingStore } from './mappings.ts';
import { queueStore } from './queues.ts';
import { clockStore, scheduleStore } from './schedules.ts';
import { secretStore } from './secrets.ts';
import type { State } from './types.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS secret_versions (name TEXT, version TEXT, text TEXT, binary BLOB, created_at INTEGER,
    PRIMARY KEY (name, version)) STRICT;
  CREATE TABLE IF NOT EXISTS secret_stages (name TEXT, stage TEXT, version TEXT, PRIMARY KEY (name, stage)) STRICT;
  CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, id TEXT, queue TEXT, body TEXT, attributes TEXT,
    sender TEXT, sent_at INTEGER, visible_at INTEGER, receive_count INTEGER DEFAULT 0, first_received_at INTEGER,
    receipt TEXT, dead_letter_source TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS messages_visible ON messages (queue, visible_at);
  CREATE INDEX IF NOT EXISTS messages_receipt ON messages (receipt);
  CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, time TEXT, source TEXT,
    detail_type TEXT, detail TEXT, matched_rules TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS events_id ON events (id);
  CREATE TABLE IF NOT EXISTS mappings (id TEXT PRIMARY KEY, enabled INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS positions (mapping TEXT, stream_arn TEXT, shard TEXT, sequence TEXT,
    PRIMARY KEY (mapping, stream_arn)) STRICT;
  CREATE TABLE IF NOT EXISTS schedules (arn TEXT PRIMARY KEY, expression TEXT, next_at INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), offset_ms INTEGER) STRICT;
`;

/**
 * Opens the state of the local system, readable by its owner only: it holds secrets. What a former process had
 * received from queues and not finished is visible again. @throws StartupError when another process uses `dir`, or it cannot be used
 */
export function openState(dir: string): State {
  const unusable = {
    what: `${dir} cannot hold the state`,
    remedy: 'choose another folder with: npm start -- --state <folder>',
  };
  attempt(dir, unusable, () => {
    makeFolder(dir);
    probeFolder(dir);
  });
  const unlock = attempt(dir, unusable, () => lockState(dir));
  const file = join(dir, 'state.sqlite');
  const db = attempt(
    dir,
    { what: `${file} cannot be read`, remedy: 'try --reset' },
    () => openDatabase(file),
    unlock,
  );
  const transaction = <T>(work: () => T): T => {
    if (db.isTransaction) return work();
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    secrets: secretStore(db, transaction),
    queues: queueStore(db, transaction),
    bus: busLog(db),
    mappings: mappingStore(db),
    schedules: scheduleStore(db),
    clock: clockStore(db),
    transaction,
    close() {
      db.close();
      unlock();
    },
  };
}

function openDatabase(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    chmodSync(file, 0o600);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    db.exec(schema);
    db.exec('UPDATE messages SET visible_at = 0 WHERE receive_count > 0');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Does what may fail for reasons of the developer's machine, and says in one line what to do then. */
function attempt<T>(
  dir: string,
  { what, remedy }: { readonly what: string; readonly remedy: string },
  work: () => T,
  undo?: () => void,
): T {
  try {
    return work();
  } catch (cause) {
    undo?.();
    if (cause instanceof StartupError) throw cause;
    const otherwise = `${what} (${(cause as Error).message}): ${remedy}`;
    throw new StartupError('state-unusable', diskFault(cause, dir) ?? otherwise, { cause });
  }
}
