import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ABSENT, type DynamoStoreOptions, tableOf } from '../../store/actions.ts';
import { replacePayment } from '../../payments/persistence/changes.ts';
import type { Item } from '../../store/items.ts';
import { DUE_SHARDS, duePartition, keys } from '../../store/keys.ts';
import { limitDayPartition } from '../../limits/persistence/limit-counters.ts';
import { readItem } from '../../store/read.ts';
import { conditional } from '../../store/write.ts';
import type { DueStore, DueThing, JobRecord, LimitCounter } from './due-store.ts';

const kinds: Readonly<Record<string, DueThing['kind']>> = {
  PAY: 'payment',
  CUS: 'customer',
  SUB: 'subscription',
};

/** What is due, by a sparse index that holds only what waits for something. */
export function dynamoDue({ client, table: tableName, now }: DynamoStoreOptions): DueStore {
  const table = tableOf(tableName, now);
  return {
    shards: DUE_SHARDS,
    async due(shard, until, limit) {
      const answer = await client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'by-due',
          KeyConditionExpression: 'GSI2PK = :partition AND GSI2SK <= :until',
          ExpressionAttributeValues: { ':partition': duePartition(shard), ':until': until },
          Limit: limit,
        }),
      );
      return (answer.Items ?? []).flatMap((item) => thingOf(item) ?? []);
    },
    async limitCounters(day) {
      const counters: LimitCounter[] = [];
      let from: Record<string, unknown> | undefined;
      do {
        const answer = await client.send(
          new QueryCommand({
            TableName: table.name,
            IndexName: 'by-due',
            KeyConditionExpression: 'GSI2PK = :partition',
            ExpressionAttributeValues: { ':partition': limitDayPartition(day) },
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        counters.push(...(answer.Items ?? []).map(counterOf));
        from = answer.LastEvaluatedKey;
      } while (from);
      return counters;
    },
    async postpone(before, after) {
      const { Put } = replacePayment(table, before, after);
      const done = Put === undefined || (await conditional(() => client.send(new PutCommand(Put))));
      return done ? 'committed' : 'stale';
    },
    async job(name) {
      const item = await readItem(client, table.name, keys.job(name));
      return item && { version: Number(item['version']), state: item['state'] as JobRecord['state'] };
    },
    saveJob: (name, before, state) =>
      conditional(() =>
        client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...keys.job(name), version: (before?.version ?? 0) + 1, state },
            ConditionExpression: before === undefined ? ABSENT : 'version = :version',
            ...(before && { ExpressionAttributeValues: { ':version': before.version } }),
          }),
        ),
      ),
  };
}

function counterOf(item: Item): LimitCounter {
  const text = (name: string): string => String(item[name]);
  return {
    key: text('PK'),
    tenant: text('tenant'),
    currency: text('currency'),
    scope: text('scope'),
    day: text('day'),
    usedMinor: Number(item['used']),
    count: Number(item['n']),
  };
}

function thingOf(item: Item): DueThing | undefined {
  const [prefix = '', id = ''] = String(item['PK']).split('#');
  const kind = kinds[prefix];
  return kind && { kind, id };
}
