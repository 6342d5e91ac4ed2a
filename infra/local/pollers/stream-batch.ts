import type { EventSourceMappingResource } from '../resources/lambda.ts';
import type { InvokeResult } from '../types.ts';
import { invokeWithRecords } from './invoke.ts';
import { sendToFailureDestination, type DiscardReason } from './on-failure.ts';
import { failedItems } from './outcome.ts';
import type { Delivery } from './stream-records.ts';
import { pause, type PollerContext } from './types.ts';

/** Part of a batch, with the number of invocations that failed for its first record. */
interface Segment {
  readonly deliveries: readonly Delivery[];
  readonly failures: number;
}

/** How a batch is processed. */
interface BatchOptions {
  readonly mapping: EventSourceMappingResource;
  readonly context: PollerContext;
  /** No new invocation after it fires. */
  readonly stop: AbortSignal;
  /** All up to this record is done. */
  readonly commit: (delivery: Delivery) => void;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;
const streamRetentionSeconds = 24 * 3600;

/**
 * Invokes the function with a batch until every record is processed, or discarded after the mapping's retries.
 * Order is kept, so a failing record holds up those behind it, as on AWS.
 */
export async function processBatch(deliveries: readonly Delivery[], options: BatchOptions): Promise<void> {
  const { mapping, context, stop, commit } = options;
  const segments: Segment[] = [{ deliveries, failures: 0 }];
  let last: InvokeResult | undefined;
  for (let segment = segments.shift(); segment && !stop.aborted; segment = segments.shift()) {
    const reason = discardReason(segment, mapping);
    if (reason) {
      discard(segment, reason, last, options);
      continue;
    }
    const records = segment.deliveries.map(({ record }) => record);
    noteAge(segment.deliveries, mapping, context);
    last = await invokeWithRecords(records, 'stream', mapping, context);
    const done = doneBefore(segment.deliveries, last, mapping);
    const finished = segment.deliveries[done - 1];
    if (finished) commit(finished);
    if (done === segment.deliveries.length) continue;
    segments.unshift(...remaining(segment, done, mapping));
    await pause(Math.min(firstPauseMs * 2 ** segment.failures, longestPauseMs), stop);
  }
}

/** Lambda measures how old the newest record of a batch is. */
function noteAge(
  deliveries: readonly Delivery[],
  { functionArn }: EventSourceMappingResource,
  { awsMetrics }: PollerContext,
): void {
  const newestMs = deliveries.at(-1)?.createdAtMs;
  const [functionName = '', alias] = functionArn.split(':').slice(6);
  if (newestMs !== undefined) awsMetrics?.iteratorAge({ functionName, alias }, Date.now() - newestMs);
}

/** How many records from the first are done. */
function doneBefore(
  deliveries: readonly Delivery[],
  result: InvokeResult | undefined,
  mapping: EventSourceMappingResource,
): number {
  if (result === undefined) return 0;
  const ids = deliveries.map((delivery) => delivery.record.dynamodb.SequenceNumber);
  const failed = failedItems(result, ids, mapping.reportBatchItemFailures);
  return failed.length === 0 ? ids.length : Math.min(...failed.map((id) => ids.indexOf(id)));
}

/** What is tried again. Halving a batch does not count as a retry. */
function remaining(segment: Segment, done: number, mapping: EventSourceMappingResource): Segment[] {
  const rest = segment.deliveries.slice(done);
  if (mapping.bisectOnError && done === 0 && rest.length > 1) {
    const half = Math.ceil(rest.length / 2);
    const { failures } = segment;
    return [
      { deliveries: rest.slice(0, half), failures },
      { deliveries: rest.slice(half), failures },
    ];
  }
  return [{ deliveries: rest, failures: done === 0 ? segment.failures + 1 : 1 }];
}

function discardReason(segment: Segment, mapping: EventSourceMappingResource): DiscardReason | undefined {
  if (mapping.maxRetries >= 0 && segment.failures > mapping.maxRetries) return 'RetryAttemptsExhausted';
  const ageMaxSeconds =
    mapping.maxRecordAgeSeconds > 0 ? mapping.maxRecordAgeSeconds : streamRetentionSeconds;
  const newest = segment.deliveries.at(-1)?.createdAtMs ?? 0;
  // Age counts after a first attempt only: the runner may have been off for longer than records are kept.
  return segment.failures > 0 && Date.now() - newest > ageMaxSeconds * 1000 ? 'RecordAgeExceeded' : undefined;
}

function discard(
  segment: Segment,
  reason: DiscardReason,
  last: InvokeResult | undefined,
  { mapping, context, commit }: BatchOptions,
): void {
  const finished = segment.deliveries.at(-1);
  if (!finished) return;
  context.state.transaction(() => {
    sendToFailureDestination(
      {
        mapping,
        deliveries: segment.deliveries,
        reason,
        requestId: last?.requestId ?? '',
        invokeCount: segment.failures,
        functionError: last?.functionError !== undefined,
      },
      context,
    );
    commit(finished);
  });
}
