import { parseJson } from '../json.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';
import type { QueueResource } from '../resources/sqs.ts';
import { bodyMd5 } from '../services/sqs-digest.ts';
import { systemAttributes } from '../services/sqs.ts';
import type { QueueMessage } from '../state/types.ts';
import { recordFilterOf } from './filters.ts';
import { invokeWithRecords } from './invoke.ts';
import { failedItems } from './outcome.ts';
import { startLoop, type Poller, type PollerContext } from './types.ts';

const idleWaitMs = 20_000;

/** Batches that one mapping works on at the same time; AWS goes up to the mapping's maximum. */
const CONCURRENCY = 2;

/**
 * Invokes a function with the messages of a queue. What failed stays in the queue and is visible again after its visibility
 * timeout, until the queue's redrive policy moves it to the dead-letter queue.
 */
export function startQueuePoller(
  mapping: EventSourceMappingResource,
  queue: QueueResource,
  context: PollerContext,
): Poller {
  const { queues } = context.state;
  const passes = recordFilterOf(mapping);
  const loops = Array.from({ length: Math.min(CONCURRENCY, mapping.maximumConcurrency) }, () =>
    startLoop(`queue ${queue.name}`, context.terminal, async ({ stop, dead }) => {
      while (!stop.aborted) {
        const messages = queues.receive(queue, mapping.batchSize);
        if (messages.length === 0) {
          await queues.untilVisible(queue.name, idleWaitMs, stop);
          continue;
        }
        const done = await processMessages(messages, passes, mapping, queue, context);
        if (dead.aborted) return;
        for (const message of done) queues.remove(queue.name, message.receiptHandle);
      }
    }),
  );
  return {
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  };
}

/** @returns the messages that are done, filtered ones among them: Lambda deletes those too */
async function processMessages(
  messages: readonly QueueMessage[],
  passes: (record: unknown) => boolean,
  mapping: EventSourceMappingResource,
  queue: QueueResource,
  context: PollerContext,
): Promise<readonly QueueMessage[]> {
  const records = messages.map((message) => recordOf(message, queue, context.assembly.region));
  const wanted = records.filter((record) => passes({ ...record, body: parsed(record.body) }));
  const failed = wanted.length === 0 ? [] : await failedMessages(wanted, mapping, context);
  for (const message of messages) {
    if (!failed.includes(message.messageId) || !queue.redrive) continue;
    if (message.receiveCount >= queue.redrive.maxReceiveCount) {
      const tries = `failed ${message.receiveCount} times`;
      context.terminal.warn(
        `queue ${queue.name}: message ${message.messageId} ${tries} and goes to the dead-letter queue`,
      );
    }
  }
  return messages.filter((message) => !failed.includes(message.messageId));
}

/** @returns ids of the messages that failed */
async function failedMessages(
  records: readonly SqsRecord[],
  mapping: EventSourceMappingResource,
  context: PollerContext,
): Promise<readonly string[]> {
  const ids = records.map((record) => record.messageId);
  const result = await invokeWithRecords(records, 'queue', mapping, context);
  return result === undefined ? ids : failedItems(result, ids, mapping.reportBatchItemFailures);
}

interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

const recordOf = (message: QueueMessage, queue: QueueResource, region: string): SqsRecord => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: systemAttributes(message),
  messageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  ),
  md5OfBody: bodyMd5(message.body),
  eventSource: 'aws:sqs',
  eventSourceARN: queue.arn,
  awsRegion: region,
});

/** Filters match the members of a JSON body. */
function parsed(body: string): unknown {
  const value = parseJson(body);
  return value === undefined ? body : value;
}
