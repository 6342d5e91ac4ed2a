import type { Table } from '../../store/table.ts';
import { queryPage } from '../../store/read.ts';
import { type LogEntry, unwrittenEntry } from '../model/payment.ts';
import type { Item } from '../../store/items.ts';
import { LOG_PREFIX, keys } from '../../store/keys.ts';
import { logOf, paymentOf } from './items.ts';
import type { LogPage } from './payment-store.ts';

/** Reads of one page, when the payment changes meanwhile. */
const READS_MAX = 4;
/** The items after the log in one page: the payment, and a few of its former operations. */
const OTHERS = 4;

/**
 * The log of a payment above a version, oldest first. The first entry is the payment's own until the second is
 * written, so the payment is read with its log: its item follows those of the log.
 */
export async function readLog(
  table: Table,
  { paymentId, limit, afterVersion }: { paymentId: string; limit: number; afterVersion: number },
): Promise<LogPage> {
  for (let reads = 1; ; reads += 1) {
    const { entries, payment } = await readTo(table, paymentId, limit, afterVersion);
    // Items of one query are read one after the other: a change may have been written in between.
    const last = entries.at(-1);
    const isTorn =
      payment !== undefined && (last === undefined ? afterVersion === 0 : payment.updatedAt > last.at);
    if (isTorn && reads < READS_MAX) continue;
    const items = entries.slice(0, limit);
    const isWhole = payment !== undefined && items.length === entries.length;
    if (!isWhole) return { items, next: items.at(-1)?.version };
    const { version, logHash: hash } = payment;
    return { items, next: undefined, head: hash === undefined ? undefined : { version, hash } };
  }
}

/** The entries above a version, and the payment when they go to the end. */
async function readTo(table: Table, paymentId: string, limit: number, afterVersion: number) {
  const entries: LogEntry[] = [];
  let from: Item | undefined;
  do {
    const page = await queryPage(table, {
      KeyConditionExpression: 'PK = :pk AND SK BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': keys.payment(paymentId).PK,
        ':from': keys.log(paymentId, afterVersion + 1).SK,
        ':to': keys.payment(paymentId).SK,
      },
      ConsistentRead: true,
      Limit: limit + OTHERS,
      ...(from && { ExclusiveStartKey: from }),
    });
    for (const item of page.items) {
      if (String(item['SK']).startsWith(LOG_PREFIX)) entries.push(...logOf(item));
      const payment = item['SK'] === keys.payment(paymentId).SK ? paymentOf(item) : undefined;
      const first = payment && unwrittenEntry(payment);
      if (payment) return { entries: above(afterVersion, first ? [first] : entries), payment };
    }
    from = page.last;
  } while (from && entries.length <= limit);
  return { entries: above(afterVersion, entries), payment: undefined };
}

const above = (version: number, entries: readonly LogEntry[]): readonly LogEntry[] =>
  entries.filter((entry) => entry.version > version);
