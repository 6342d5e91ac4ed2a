import { setTimeout as pause } from 'node:timers/promises';
import type { QueryInput } from '#runtime/aws/document-types.ts';
import { queryPages } from '#runtime/aws/documents.ts';
import type { Table } from './table.ts';
import type { Item } from './items.ts';
import type { Key } from './keys.ts';

const BATCH_TRIES_MAX = 5;
const BATCH_KEYS_MAX = 100;
const BATCH_PAUSE_MS = 20;

/** One item, read strongly. */
export async function readItem({ client, name }: Table, key: Key): Promise<Item | undefined> {
  return (await client.get({ TableName: name, Key: { ...key }, ConsistentRead: true })).Item;
}

/** Several items in one round trip, read strongly, in the order of the keys. */
export async function readItems(
  { client, name }: Table,
  wanted: readonly Key[],
): Promise<readonly (Item | undefined)[]> {
  const found: Item[] = [];
  let missing: Record<string, unknown>[] = wanted.map((key) => ({ ...key }));
  for (let tries = 1; missing.length > 0; tries += 1) {
    const answer = await client.batchGet({
      RequestItems: { [name]: { Keys: missing, ConsistentRead: true } },
    });
    found.push(...(answer.Responses?.[name] ?? []));
    missing = answer.UnprocessedKeys?.[name]?.Keys ?? [];
    if (missing.length > 0 && tries >= BATCH_TRIES_MAX) throw new Error('DynamoDB left keys unprocessed');
    if (missing.length > 0) await pause(Math.random() * BATCH_PAUSE_MS * 2 ** tries);
  }
  return wanted.map(({ PK, SK }) => found.find((item) => item['PK'] === PK && item['SK'] === SK));
}

/** Those of many items that exist, read strongly, as many in one round trip as DynamoDB allows. */
export async function readMany(table: Table, wanted: readonly Key[]): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let from = 0; from < wanted.length; from += BATCH_KEYS_MAX) {
    const items = await readItems(table, wanted.slice(from, from + BATCH_KEYS_MAX));
    found.push(...items.filter((item) => item !== undefined));
  }
  return found;
}

/** One page of a query; `last` is the key to go on from, where there is more. */
export async function queryPage(
  { client, name }: Table,
  query: Omit<QueryInput, 'TableName'>,
): Promise<{ readonly items: readonly Item[]; readonly last: Item | undefined }> {
  const answer = await client.query({ ...query, TableName: name });
  return { items: answer.Items ?? [], last: answer.LastEvaluatedKey };
}

/** Everything that a query finds, to the last page. */
export async function queryAll(
  table: Table,
  query: Omit<QueryInput, 'TableName' | 'ExclusiveStartKey'>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const pages = queryPages(table.client, { ...query, TableName: table.name });
  for await (const { Items: found = [] } of pages) items.push(...found);
  return items;
}

/** All items of a partition whose sort keys begin so, read strongly. */
export const readAll = (table: Table, partition: string, prefix: string): Promise<readonly Item[]> =>
  queryAll(table, {
    KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
    ExpressionAttributeValues: { ':pk': partition, ':prefix': prefix },
    ConsistentRead: true,
  });
