import type { DatabaseSync } from 'node:sqlite';
import type { MappingStore } from './types.ts';

export function mappingStore(db: DatabaseSync): MappingStore {
  const enabled = db.prepare('SELECT enabled FROM mappings WHERE id = ?');
  const setEnabled = db.prepare('INSERT OR REPLACE INTO mappings (id, enabled) VALUES (?, ?)');
  const position = db.prepare('SELECT shard, sequence FROM positions WHERE mapping = ? AND stream_arn = ?');
  const setPosition = db.prepare(
    'INSERT OR REPLACE INTO positions (mapping, stream_arn, shard, sequence) VALUES (?, ?, ?, ?)',
  );
  const listeners = new Set<() => void>();
  return {
    enabled(id) {
      const row = enabled.get(id);
      return row && row['enabled'] === 1;
    },
    setEnabled(id, on) {
      setEnabled.run(id, on ? 1 : 0);
      for (const listener of listeners) listener();
    },
    position(id, streamArn) {
      const row = position.get(id, streamArn);
      return row && { shardId: String(row['shard']), sequenceNumber: String(row['sequence']) };
    },
    setPosition: (id, streamArn, at) => void setPosition.run(id, streamArn, at.shardId, at.sequenceNumber),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
