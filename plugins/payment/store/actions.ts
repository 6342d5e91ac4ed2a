import type { Table } from './table.ts';
import { keys } from './keys.ts';
import type { Action } from './write.ts';

/**
 * The names of actions. In a transaction they stand in the order in which failed conditions are reported: a used
 * key replays even when the payment has changed since.
 */
export type ActionName =
  | 'idempotency'
  | 'inbox'
  | 'order'
  | 'payment'
  | 'owner'
  | 'limit'
  | 'free-order'
  | 'adjust-limit'
  | 'other';

const OUTBOX_SECONDS = 14 * 86_400;
export const ABSENT = 'attribute_not_exists(PK)';

/** Writes an item that must not exist yet. */
export function insert(table: Table, name: ActionName, item: Record<string, unknown>): Action<ActionName> {
  return {
    name,
    Put: {
      TableName: table.name,
      Item: item,
      ConditionExpression: ABSENT,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Writes an item unconditionally; only in a transaction with a version condition. */
export const put = (table: Table, item: Record<string, unknown>): Action<ActionName> => ({
  name: 'other',
  Put: { TableName: table.name, Item: item },
});

/** The events of one change, as one item of the aggregate's partition: the relay forwards it. */
export function insertOutbox(
  table: Table,
  partition: string,
  seq: number,
  events: readonly unknown[],
): readonly Action<ActionName>[] {
  if (events.length === 0) return [];
  const ttl = table.nowSeconds() + OUTBOX_SECONDS;
  return [insert(table, 'other', { ...keys.outbox(partition, seq), events, ttl })];
}
