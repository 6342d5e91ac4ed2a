import type { EventSourceMappingResource } from '../resources/lambda.ts';
import { mappingAllows } from './role.ts';
import type { Delivery } from './stream-records.ts';
import type { PollerContext } from './types.ts';

export type GiveUpReason = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface GivenUp {
  readonly mapping: EventSourceMappingResource;
  readonly deliveries: readonly Delivery[];
  readonly reason: GiveUpReason;
  readonly requestId: string;
  readonly invokeCount: number;
  readonly functionError: boolean;
}

/** Tells the mapping's on-failure queue which records were given up; like AWS it names them and holds no data. */
export function reportGivenUp(given: GivenUp, context: PollerContext): void {
  const { mapping, deliveries, reason } = given;
  const what = `${deliveries.length} record(s) of ${mapping.sourceArn} given up for ${mapping.functionArn} (${reason})`;
  const queue = context.assembly.queues.find((candidate) => candidate.arn === mapping.onFailureArn);
  if (!queue) {
    context.terminal.warn(`${what}: the mapping has no on-failure queue, they are lost`);
    return;
  }
  if (!mappingAllows(context.assembly, mapping, 'sqs:SendMessage', queue.arn)) {
    context.terminal.warn(`${what}: the function's role may not send to ${queue.name}, they are lost`);
    return;
  }
  context.state.queues.send(queue.name, { body: JSON.stringify(document(given)) });
  context.terminal.warn(`${what}: see queue ${queue.name}`);
}

function document(given: GivenUp): unknown {
  const { mapping, deliveries } = given;
  const first = deliveries[0];
  const last = deliveries.at(-1);
  const arrival = (delivery: Delivery | undefined) => new Date(delivery?.createdAtMs ?? 0).toISOString();
  return {
    requestContext: {
      requestId: given.requestId,
      functionArn: mapping.functionArn,
      condition: given.reason,
      approximateInvokeCount: given.invokeCount,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: given.functionError ? 'Unhandled' : null,
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
