import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import type { QueueResource } from '../resources/sqs.ts';
import type { MessageAttribute, QueueMessage, QueueStore } from './types.ts';

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly body: string;
  readonly attributes: string;
  readonly sender: string;
  readonly sent_at: number;
  readonly receive_count: number;
  readonly first_received_at: number | null;
  readonly dead_letter_source: string | null;
}

const queueNameOf = (arn: string) => arn.slice(arn.lastIndexOf(':') + 1);

export function queueStore(db: DatabaseSync, transaction: <T>(work: () => T) => T): QueueStore {
  const arrivals = new EventEmitter();
  arrivals.setMaxListeners(0);
  const sql = statements(db);

  const receiveRow = (
    queue: QueueResource,
    row: Row,
    now: number,
    visibilitySeconds: number,
  ): QueueMessage | undefined => {
    if (queue.redrive && row.receive_count >= queue.redrive.maxReceiveCount) {
      sql.moveToDeadLetterQueue.run(queueNameOf(queue.redrive.deadLetterArn), queue.arn, row.seq);
      arrivals.emit(queueNameOf(queue.redrive.deadLetterArn));
      return undefined;
    }
    const receiptHandle = randomUUID();
    const firstReceivedAt = row.first_received_at ?? now;
    sql.receiveRow.run(receiptHandle, now + visibilitySeconds * 1000, firstReceivedAt, row.seq);
    return messageOf(row, receiptHandle, firstReceivedAt);
  };

  return {
    send(queueName, message) {
      const id = randomUUID();
      const now = Date.now();
      const attributes = JSON.stringify(message.attributes ?? {});
      const visibleAt = now + (message.delaySeconds ?? 0) * 1000;
      sql.insert.run(id, queueName, message.body, attributes, message.senderId ?? 'local', now, visibleAt);
      arrivals.emit(queueName);
      return id;
    },
    receive: (queue, max, visibilitySeconds = queue.visibilityTimeoutSeconds) =>
      transaction(() => {
        const now = Date.now();
        sql.expire.run(queue.name, now - queue.retentionSeconds * 1000);
        const taken: QueueMessage[] = [];
        for (const row of sql.visible.all(queue.name, now) as unknown as Row[]) {
          const message = receiveRow(queue, row, now, visibilitySeconds);
          if (message) taken.push(message);
          if (taken.length === max) break;
        }
        return taken;
      }),
    remove: (queueName, receiptHandle) => sql.remove.run(queueName, receiptHandle).changes === 1,
    changeVisibility(queueName, receiptHandle, seconds) {
      const now = Date.now();
      const { changes } = sql.postpone.run(now + seconds * 1000, queueName, receiptHandle, now);
      // Wakes the receivers that wait, since the next message becomes visible at another time now.
      arrivals.emit(queueName);
      return changes === 1;
    },
    ...levelsOf(sql),
    async untilVisible(queueName, waitMs, signal) {
      const end = Date.now() + waitMs;
      for (;;) {
        const next = sql.next.get(queueName)?.['at'];
        const now = Date.now();
        if (signal?.aborted || now >= end || (typeof next === 'number' && next <= now)) return;
        await arrivalOr(
          arrivals,
          queueName,
          Math.min(end, typeof next === 'number' ? next : end) - now,
          signal,
        );
      }
    },
  };
}

/** How much a queue holds. */
const levelsOf = (sql: ReturnType<typeof statements>): Pick<QueueStore, 'counts' | 'oldestAgeMs'> => ({
  counts(queueName) {
    const row = sql.counts.get({ queue: queueName, now: Date.now() });
    const count = (name: string) => Number(row?.[name] ?? 0);
    return { visible: count('visible'), inFlight: count('in_flight'), delayed: count('delayed') };
  },
  oldestAgeMs(queueName) {
    const sentAt = sql.oldest.get(queueName)?.['at'];
    return typeof sentAt === 'number' ? Math.max(0, Date.now() - sentAt) : 0;
  },
});

/** Waits for an arrival, at most `ms`. */
async function arrivalOr(
  arrivals: EventEmitter,
  queue: string,
  ms: number,
  signal?: AbortSignal,
): Promise<void> {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), ms);
  try {
    await once(arrivals, queue, { signal: signal ? AbortSignal.any([signal, timer.signal]) : timer.signal });
  } catch {
    // Aborted by the timer or by the caller, which checks the queue itself.
  } finally {
    clearTimeout(timeout);
  }
}

const statements = (db: DatabaseSync) => ({
  insert: db.prepare(
    'INSERT INTO messages (id, queue, body, attributes, sender, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ),
  visible: db.prepare('SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY seq LIMIT 100'),
  receiveRow: db.prepare(
    `UPDATE messages SET receipt = ?, visible_at = ?, first_received_at = ?, receive_count = receive_count + 1
     WHERE seq = ?`,
  ),
  moveToDeadLetterQueue: db.prepare(
    'UPDATE messages SET queue = ?, dead_letter_source = ?, receipt = NULL, visible_at = 0 WHERE seq = ?',
  ),
  expire: db.prepare('DELETE FROM messages WHERE queue = ? AND sent_at < ?'),
  remove: db.prepare('DELETE FROM messages WHERE queue = ? AND receipt = ?'),
  postpone: db.prepare(
    'UPDATE messages SET visible_at = ? WHERE queue = ? AND receipt = ? AND visible_at > ?',
  ),
  next: db.prepare('SELECT MIN(visible_at) AS at FROM messages WHERE queue = ?'),
  oldest: db.prepare('SELECT MIN(sent_at) AS at FROM messages WHERE queue = ?'),
  counts: db.prepare(
    `SELECT SUM(visible_at <= :now) AS visible, SUM(visible_at > :now AND receive_count > 0) AS in_flight,
       SUM(visible_at > :now AND receive_count = 0) AS delayed FROM messages WHERE queue = :queue`,
  ),
});

const messageOf = (row: Row, receiptHandle: string, firstReceivedAt: number): QueueMessage => ({
  messageId: row.id,
  receiptHandle,
  body: row.body,
  attributes: JSON.parse(row.attributes) as Record<string, MessageAttribute>,
  senderId: row.sender,
  sentAt: row.sent_at,
  receiveCount: row.receive_count + 1,
  firstReceivedAt,
  deadLetterSourceArn: row.dead_letter_source ?? undefined,
});
