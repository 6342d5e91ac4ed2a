import type { DatabaseSync } from 'node:sqlite';
import type { BusEvent, BusLog } from './types.ts';

const eventsMax = 10_000;

/** The last events of the bus. */
export function busLog(db: DatabaseSync): BusLog {
  const insert = db.prepare(
    'INSERT INTO events (id, time, source, detail_type, detail, matched_rules) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const prune = db.prepare('DELETE FROM events WHERE seq <= (SELECT MAX(seq) FROM events) - ?');
  const seqOf = db.prepare('SELECT seq FROM events WHERE id = ?');
  const select = db.prepare(
    `SELECT * FROM events WHERE seq > :after AND time >= :from
       AND (:type = '' OR detail_type = :type OR substr(detail_type, 1, length(:prefix)) = :prefix)
       AND (:aggregate = '' OR json_extract(detail, '$.aggregate.id') = :aggregate) ORDER BY seq`,
  );
  const newest = db.prepare('SELECT id FROM events ORDER BY seq DESC LIMIT 1');
  const listeners = new Set<() => void>();
  return {
    append(event) {
      insert.run(
        event.id,
        event.time,
        event.source,
        event.detailType,
        JSON.stringify(event.detail),
        JSON.stringify(event.matchedRules),
      );
      prune.run(eventsMax);
      listeners.forEach((listener) => listener());
    },
    newestId() {
      const id = newest.get()?.['id'];
      return id === undefined ? undefined : String(id);
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    query(filter = {}) {
      const type = filter.type?.replace(/\.?\*$/, '') ?? '';
      const seq = filter.since === undefined ? undefined : seqOf.get(filter.since)?.['seq'];
      const from = seq === undefined && filter.since !== undefined ? isoTime(filter.since) : '';
      const prefix = `${type.replace(/\.$/, '')}.`;
      const rows = select.all({ after: seq ?? 0, from, type, prefix, aggregate: filter.aggregate ?? '' });
      return rows.map(busEventOf);
    },
  };
}

/** What is neither the id of an event nor a time sorts after every time, so that nothing matches. */
function isoTime(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? '~' : new Date(time).toISOString();
}

const busEventOf = (row: Record<string, unknown>): BusEvent => ({
  id: String(row['id']),
  time: String(row['time']),
  source: String(row['source']),
  detailType: String(row['detail_type']),
  detail: JSON.parse(String(row['detail'])),
  matchedRules: JSON.parse(String(row['matched_rules'])) as string[],
});
