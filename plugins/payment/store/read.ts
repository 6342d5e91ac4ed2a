import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Item } from './items.ts';
import { type Key } from './keys.ts';

const BATCH_TRIES_MAX = 5;
const BATCH_PAUSE_MS = 20;

/** One item, read strongly. */
export async function readItem(
  client: DynamoDBDocumentClient,
  table: string,
  key: Key,
): Promise<Item | undefined> {
  const { Item: item } = await client.send(
    new GetCommand({ TableName: table, Key: { ...key }, ConsistentRead: true }),
  );
  return item;
}

/** Several items in one round trip, read strongly, in the order of the keys. */
export async function readItems(
  client: DynamoDBDocumentClient,
  table: string,
  wanted: readonly Key[],
): Promise<readonly (Item | undefined)[]> {
  const found: Item[] = [];
  let missing: Record<string, unknown>[] = wanted.map((key) => ({ ...key }));
  for (let tries = 1; missing.length > 0; tries += 1) {
    const answer = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: missing, ConsistentRead: true } } }),
    );
    found.push(...(answer.Responses?.[table] ?? []));
    missing = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (missing.length > 0 && tries >= BATCH_TRIES_MAX) throw new Error('DynamoDB left keys unprocessed');
    if (missing.length > 0) await pause(Math.random() * BATCH_PAUSE_MS * 2 ** tries);
  }
  return wanted.map(({ PK, SK }) => found.find((item) => item['PK'] === PK && item['SK'] === SK));
}

/** All items of a partition whose sort keys begin so, read strongly and to the last page. */
export async function readAll(
  client: DynamoDBDocumentClient,
  table: string,
  partition: string,
  prefix: string,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)',
        ExpressionAttributeValues: { ':pk': partition, ':sk': prefix },
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    items.push(...(answer.Items ?? []));
    from = answer.LastEvaluatedKey;
  } while (from);
  return items;
}
