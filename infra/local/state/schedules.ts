import type { DatabaseSync } from 'node:sqlite';
import type { ClockStore, ScheduleStore } from './types.ts';

export function scheduleStore(db: DatabaseSync): ScheduleStore {
  const next = db.prepare('SELECT next_at FROM schedules WHERE arn = ? AND expression = ?');
  const setNext = db.prepare('INSERT OR REPLACE INTO schedules (arn, expression, next_at) VALUES (?, ?, ?)');
  return {
    nextMs: (arn, expression) => next.get(arn, expression)?.['next_at'] as number | undefined,
    setNext: (arn, expression, nextMs) => void setNext.run(arn, expression, nextMs),
  };
}

export function clockStore(db: DatabaseSync): ClockStore {
  const offset = db.prepare('SELECT offset_ms FROM clock');
  const setOffset = db.prepare('INSERT OR REPLACE INTO clock (id, offset_ms) VALUES (1, ?)');
  return {
    offsetMs: () => (offset.get()?.['offset_ms'] as number | undefined) ?? 0,
    setOffset: (offsetMs) => void setOffset.run(offsetMs),
  };
}
