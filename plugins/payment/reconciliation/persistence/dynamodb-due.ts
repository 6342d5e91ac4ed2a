import { ABSENT } from '../../store/actions.ts';
import { type DynamoStoreOptions, tableOf } from '../../store/table.ts';
import type { Item } from '../../store/items.ts';
import { DUE_SHARDS, type Key, duePartition, keys } from '../../store/keys.ts';
import { limitDayPartition } from '../../limits/persistence/limit-counters.ts';
import { queryAll, queryPage, readItem, readMany } from '../../store/read.ts';
import { writeOne } from '../../store/write.ts';
import type { DueStore, DueItem, JobRecord, LimitCounter } from './due-store.ts';

const INDEX = 'by-next-check';

const kinds: Readonly<Record<string, DueItem['kind']>> = {
  PAY: 'payment',
  CUS: 'customer',
  SUB: 'subscription',
};

/**
 * Due items, by a sparse index of those with a next check. It holds keys only: a change that moves no check leaves it
 * as it is.
 */
export function dynamoDue(options: DynamoStoreOptions): DueStore {
  const table = tableOf(options);
  return {
    shards: DUE_SHARDS,
    async due(shard, until, limit) {
      const { items } = await queryPage(table, {
        IndexName: INDEX,
        KeyConditionExpression: 'GSI2PK = :partition AND GSI2SK <= :until',
        ExpressionAttributeValues: { ':partition': duePartition(shard), ':until': until },
        Limit: limit,
      });
      return items.flatMap((item) => dueItemOf(item) ?? []);
    },
    async limitCounters(day) {
      const items = await queryAll(table, {
        IndexName: INDEX,
        KeyConditionExpression: 'GSI2PK = :partition',
        ExpressionAttributeValues: { ':partition': limitDayPartition(day) },
      });
      const wanted = items.map(({ PK, SK }): Key => ({ PK: String(PK), SK: String(SK) }));
      return (await readMany(table, wanted)).map(counterOf);
    },
    async job(name) {
      const item = await readItem(table, keys.job(name));
      return item && { version: Number(item['version']), state: item['state'] as JobRecord['state'] };
    },
    saveJob: (name, before, state) =>
      writeOne(table, {
        Put: {
          TableName: table.name,
          Item: { ...keys.job(name), version: (before?.version ?? 0) + 1, state },
          ConditionExpression: before === undefined ? ABSENT : 'version = :version',
          ...(before && { ExpressionAttributeValues: { ':version': before.version } }),
        },
      }),
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

function dueItemOf(item: Item): DueItem | undefined {
  const [prefix = '', id = ''] = String(item['PK']).split('#');
  const kind = kinds[prefix];
  return kind && { kind, id };
}
