import type { Table } from '../../store/table.ts';
import { queryPage } from '../../store/read.ts';
import type { LogEntry } from '../model/payment.ts';
import { LOG_PREFIX, keys } from '../../store/keys.ts';
import { logOf } from './items.ts';
import type { Page } from './payment-store.ts';

/** The log of a payment above a version, oldest first. */
export async function readLog(
  table: Table,
  { paymentId, limit, afterVersion }: { paymentId: string; limit: number; afterVersion: number },
): Promise<Page<LogEntry, number>> {
  const from = keys.log(paymentId, afterVersion + 1);
  const { items, last } = await queryPage(table, {
    KeyConditionExpression: 'PK = :pk AND SK BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': from.PK, ':from': from.SK, ':to': `${LOG_PREFIX}~` },
    ConsistentRead: true,
    Limit: limit,
  });
  const entries = items.map(logOf);
  return { items: entries, next: last === undefined ? undefined : entries.at(-1)?.version };
}
