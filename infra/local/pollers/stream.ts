import type { TableResource } from '../resources/dynamodb.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';
import { recordFilterOf } from './filters.ts';
import { processBatch } from './stream-batch.ts';
import { openStreamReader } from './stream-reader.ts';
import { changedSomething, deliveryOf, type Delivery, type RawRecord } from './stream-records.ts';
import { startLoop, type Poller, type PollerContext } from './types.ts';
import { writeSignal } from './write-signal.ts';

// A write through the AWS endpoint wakes the poller at once; other writes are found by polling.
const idlePollMs = 500;
const busyPollMs = 10;

/**
 * Invokes a function with the records of a table's stream. The position is stored once a record is done, so after a
 * crash the records since then are delivered again. @param onProgress called after each stored position, with the
 * engine's own ARN of the stream
 */
export function startStreamPoller(
  mapping: EventSourceMappingResource,
  table: TableResource,
  context: PollerContext,
  onProgress: (engineStreamArn: string) => void = () => undefined,
): Poller {
  const { mappings } = context.state;
  const passes = recordFilterOf(mapping);
  return startLoop(`stream of ${table.name}`, context.terminal, async ({ stop, dead }) => {
    const reader = await openStreamReader(context.engine, table, (arn) => mappings.position(mapping.id, arn));
    const writes = writeSignal(context.engine);
    const keep = (shardId: string, sequenceNumber: string) => {
      if (dead.aborted) return;
      mappings.setPosition(mapping.id, reader.streamArn, { shardId, sequenceNumber });
      onProgress(reader.streamArn);
    };
    const commit = (delivery: Delivery) => keep(delivery.shardId, delivery.sequenceNumber);
    const deliver = async (shardId: string, raw: readonly RawRecord[]) => {
      const deliveries = raw
        .filter(changedSomething)
        .map((record) => deliveryOf(record, shardId, reader.streamArn, table, context.assembly.region))
        .filter(({ record }) => passes(record));
      if (deliveries.length > 0) await processBatch(deliveries, { mapping, context, stop, commit });
      const last = raw.at(-1);
      // Records that were filtered out are done too.
      if (last && !stop.aborted) keep(shardId, last.dynamodb.SequenceNumber);
    };
    try {
      while (!stop.aborted) {
        writes.reset();
        const { shardId, records } = await reader.read(mapping.batchSize);
        if (records.length > 0) await deliver(shardId, records);
        else await writes.wait(idlePollMs, busyPollMs, stop);
      }
    } finally {
      writes.close();
    }
  });
}
