import { expect, it } from 'vitest';
import { EngineError, type Engine } from '#infra/local/engine/types.ts';
import { openStreamReader } from '#infra/local/pollers/stream-reader.ts';
import type { StreamPosition } from '#infra/local/state/types.ts';
import { table } from '../aws-endpoint/fixture.ts';

/** A stream of several shards, as other engines than ours have; an iterator is `shard/index of the next record`. */
function shardedEngine(shards: Record<string, string[]>, open: string, expired = new Set<string>()): Engine {
  const answers: Record<string, (input: Record<string, string>) => unknown> = {
    DescribeTable: () => ({ Table: { LatestStreamArn: 'arn' } }),
    DescribeStream: () => ({
      StreamDescription: { Shards: Object.keys(shards).map((ShardId) => ({ ShardId })) },
    }),
    GetShardIterator: ({ ShardId = '', SequenceNumber }) => ({
      ShardIterator: `${ShardId}/${SequenceNumber === undefined ? 0 : (shards[ShardId]?.indexOf(SequenceNumber) ?? 0) + 1}`,
    }),
    GetRecords: ({ ShardIterator = '' }) => {
      if (expired.delete(ShardIterator)) throw new EngineError('ExpiredIteratorException', 'expired');
      const [shard = '', at = '0'] = ShardIterator.split('/');
      const next = shards[shard]?.[Number(at)];
      const more = shard === open || Number(at) + 1 < (shards[shard]?.length ?? 0);
      return {
        Records: next === undefined ? [] : [{ dynamodb: { SequenceNumber: next } }],
        ...(more && { NextShardIterator: `${shard}/${next === undefined ? at : Number(at) + 1}` }),
      };
    },
  };
  const call = async (target: string, input: unknown) =>
    answers[target.split('.')[1] ?? '']?.(input as Record<string, string>);
  return { call } as unknown as Engine;
}

async function readAll(engine: Engine, position?: StreamPosition): Promise<string[]> {
  const reader = await openStreamReader(engine, table, () => position);
  const seen: string[] = [];
  for (let count = 0; count < 12; count++) {
    const { shardId, records } = await reader.read(10);
    seen.push(...records.map((record) => `${shardId}:${record.dynamodb.SequenceNumber}`));
  }
  return seen;
}

const shards = { a: ['1', '2'], b: ['3'], c: ['4', '5'] };
const all = ['a:1', 'a:2', 'b:3', 'c:4', 'c:5'];

it('reads shard after shard, and stays at the open one', async () => {
  expect(await readAll(shardedEngine(shards, 'c'))).toEqual(all);
});

it.each([
  [{ shardId: 'a', sequenceNumber: '1' }, all.slice(1)],
  [{ shardId: 'b', sequenceNumber: '3' }, all.slice(3)],
  [{ shardId: 'gone', sequenceNumber: '9' }, all],
])('goes on after %o', async (position, rest) => {
  expect(await readAll(shardedEngine(shards, 'c'), position)).toEqual(rest);
});

it('begins again at the kept position when its iterator has expired', async () => {
  const engine = shardedEngine(shards, 'c', new Set(['c/1']));
  expect(await readAll(engine, { shardId: 'c', sequenceNumber: '4' })).toEqual(['c:5']);
});

it('waits for the successor of a shard that has ended', async () => {
  const growing: Record<string, string[]> = { a: ['1'] };
  const reader = await openStreamReader(shardedEngine(growing, 'b'), table, () => undefined);
  expect((await reader.read(1)).records).toHaveLength(1);
  expect((await reader.read(1)).records).toHaveLength(0);
  growing['b'] = ['2'];
  expect((await reader.read(1)).records[0]?.dynamodb.SequenceNumber).toBe('2');
});
