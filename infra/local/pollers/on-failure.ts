import type { EventSourceMappingResource } from '../resources/lambda.ts';
import { mappingAllows } from './role.ts';
import type { Delivery } from './stream-records.ts';
import type { PollerContext } from './types.ts';

/** Why Lambda discards a batch, as it names the conditions. */
export type DiscardReason = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** Records that are not tried again. */
interface DiscardedBatch {
  readonly mapping: EventSourceMappingResource;
  readonly deliveries: readonly Delivery[];
  readonly reason: DiscardReason;
  readonly requestId: string;
  readonly invokeCount: number;
  readonly functionError: boolean;
}

/** Sends the on-failure destination of a mapping the position of the discarded records; as on AWS, without their data. */
export function sendToFailureDestination(discarded: DiscardedBatch, context: PollerContext): void {
  const { mapping, deliveries, reason } = discarded;
  const what = `${deliveries.length} record(s) of ${mapping.sourceArn} discarded for ${mapping.functionArn} (${reason})`;
  const queue = context.assembly.queues.find((candidate) => candidate.arn === mapping.onFailureArn);
  if (!queue) {
    context.terminal.warn(`${what}: the mapping has no on-failure queue, they are lost`);
    return;
  }
  if (!mappingAllows(context.assembly, mapping, 'sqs:SendMessage', queue.arn)) {
    context.terminal.warn(`${what}: the function's role may not send to ${queue.name}, they are lost`);
    return;
  }
  context.state.queues.send(queue.name, { body: JSON.stringify(destinationRecord(discarded)) });
  context.terminal.warn(`${what}: see queue ${queue.name}`);
}

function destinationRecord(discarded: DiscardedBatch): unknown {
  const { mapping, deliveries } = discarded;
  const first = deliveries[0];
  const last = deliveries.at(-1);
  const arrival = (delivery: Delivery | undefined) => new Date(delivery?.createdAtMs ?? 0).toISOString();
  return {
    requestContext: {
      requestId: discarded.requestId,
      functionArn: mapping.functionArn,
      condition: discarded.reason,
      approximateInvokeCount: discarded.invokeCount,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: discarded.functionError ? 'Unhandled' : null,
    },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: first?.shardId,
      startSequenceNumber: first?.record.dynamodb.SequenceNumber,
      endSequenceNumber: last?.record.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: deliveries.length,
      streamArn: mapping.sourceArn,
    },
  };
}
