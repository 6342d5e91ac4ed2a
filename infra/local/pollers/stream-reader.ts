import { EngineError, type Engine } from '../engine/types.ts';
import type { TableResource } from '../resources/dynamodb.ts';
import type { StreamPosition } from '../state/types.ts';
import type { RawRecord } from './stream-records.ts';

/** Records of one shard, in order. */
interface StreamRead {
  readonly shardId: string;
  readonly records: readonly RawRecord[];
}

/** A position in a table's stream. */
interface StreamReader {
  /** The engine's own ARN of the stream; another one after the stream was switched off and on. */
  readonly streamArn: string;
  /** The next records, perhaps none. */
  read(limit: number): Promise<StreamRead>;
}

interface Description {
  readonly StreamDescription: {
    readonly Shards: readonly { readonly ShardId: string }[];
    readonly LastEvaluatedShardId?: string;
  };
}

const streams = 'DynamoDBStreams_20120810';

/** Reads a table's stream from where a mapping left off, else from its oldest record, shard after shard. */
export async function openStreamReader(
  engine: Engine,
  table: TableResource,
  positionOf: (streamArn: string) => StreamPosition | undefined,
): Promise<StreamReader> {
  const described = await engine.call<{ Table: { LatestStreamArn?: string } }>(
    'DynamoDB_20120810.DescribeTable',
    {
      TableName: table.name,
    },
  );
  const streamArn = described.Table.LatestStreamArn;
  if (streamArn === undefined) throw new Error(`table ${table.name} has no stream in the engine`);

  let iterator: string | undefined;
  let shardId: string | undefined;

  const iteratorAt = async (shard: string, sequenceNumber?: string) => {
    const from =
      sequenceNumber === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: sequenceNumber };
    const input = { StreamArn: streamArn, ShardId: shard, ...from };
    return (await engine.call<{ ShardIterator: string }>(`${streams}.GetShardIterator`, input)).ShardIterator;
  };

  const open = async (): Promise<void> => {
    const shards = await shardsOf(engine, streamArn);
    const position = positionOf(streamArn);
    const at = shards.indexOf(shardId ?? position?.shardId ?? '');
    if (iterator === undefined && shardId !== undefined && at >= 0) {
      // The shard we read has ended: on to its successor, if there is one by now.
      const next = shards[at + 1];
      if (next === undefined) return;
      shardId = next;
      iterator = await iteratorAt(next);
      return;
    }
    shardId = at >= 0 ? shards[at] : shards[0];
    if (shardId === undefined) return;
    iterator = await iteratorAt(shardId, position?.shardId === shardId ? position.sequenceNumber : undefined);
  };

  return {
    streamArn,
    async read(limit) {
      if (iterator === undefined) await open();
      if (iterator === undefined || shardId === undefined) return { shardId: shardId ?? '', records: [] };
      try {
        const input = { ShardIterator: iterator, Limit: Math.min(limit, 1000) };
        const page = await engine.call<{ Records: readonly RawRecord[]; NextShardIterator?: string }>(
          `${streams}.GetRecords`,
          input,
        );
        iterator = page.NextShardIterator;
        return { shardId, records: page.Records };
      } catch (error) {
        if (!(error instanceof EngineError) || !/Expired|Trimmed/.test(error.code)) throw error;
        iterator = undefined;
        shardId = undefined;
        return { shardId: '', records: [] };
      }
    },
  };
}

async function shardsOf(engine: Engine, streamArn: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let from: string | undefined;
  do {
    const input = { StreamArn: streamArn, ...(from !== undefined && { ExclusiveStartShardId: from }) };
    const { StreamDescription: page } = await engine.call<Description>(`${streams}.DescribeStream`, input);
    ids.push(...page.Shards.map((shard) => shard.ShardId));
    from = page.LastEvaluatedShardId;
  } while (from !== undefined);
  return ids;
}
