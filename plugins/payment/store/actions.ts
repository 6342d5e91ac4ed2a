import type { Table } from './table.ts';
import type { Item } from './items.ts';
import { type Key, keys } from './keys.ts';
import type { Action } from './write.ts';

/**
 * The names of actions. In a transaction they stand in the order in which failed conditions are reported: a used
 * key replays even when the payment has changed since. `version`: the root or a part of an aggregate.
 */
export type ActionName =
  | 'idempotency'
  | 'inbox'
  | 'order'
  | 'version'
  | 'owner'
  | 'limit'
  | 'free-order'
  | 'adjust-limit'
  | 'other';

const OUTBOX_SECONDS = 14 * 86_400;
export const ABSENT = 'attribute_not_exists(PK)';

/** Writes an item that must not exist yet. */
export function insert(table: Table, name: ActionName, item: Item): Action<ActionName> {
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
export const put = (table: Table, item: Item): Action<ActionName> => ({
  name: 'other',
  Put: { TableName: table.name, Item: item },
});

/** Writes the root or a part of an aggregate, on condition of its version; without one it must not exist yet. */
export function fenced(table: Table, given: object, version: number | undefined): Action<ActionName> {
  const item: Item = { ...given };
  if (version === undefined) return insert(table, 'version', item);
  return {
    name: 'version',
    Put: {
      TableName: table.name,
      Item: item,
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': version },
    },
  };
}

/** Sets attributes of an item that exists. */
export function update(
  table: Table,
  key: Key,
  set: Readonly<Item>,
  {
    name = 'other',
    condition = 'attribute_exists(PK)',
    values = {},
  }: { name?: ActionName; condition?: string; values?: Item } = {},
): Action<ActionName> {
  const attributes = Object.keys(set);
  return {
    name,
    Update: {
      TableName: table.name,
      Key: { ...key },
      UpdateExpression: `SET ${attributes.map((each) => `#${each} = :${each}`).join(', ')}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: Object.fromEntries(attributes.map((each) => [`#${each}`, each])),
      ExpressionAttributeValues: {
        ...values,
        ...Object.fromEntries(attributes.map((each) => [`:${each}`, set[each]])),
      },
    },
  };
}

/** The condition that an item is absent, or names this owner. */
export const ownedBy = (idName: string, id: unknown) => ({
  ConditionExpression: `${ABSENT} OR #id = :id`,
  ExpressionAttributeNames: { '#id': idName },
  ExpressionAttributeValues: { ':id': id },
});

/** Records the aggregate of a provider's id, which the attribute `idName` of `target` names. */
export const putRef = (table: Table, key: Key, target: Item, idName: string): Action<ActionName> => ({
  name: 'other',
  Put: { TableName: table.name, Item: { ...key, ...target }, ...ownedBy(idName, target[idName]) },
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
