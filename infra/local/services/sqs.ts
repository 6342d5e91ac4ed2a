import type { JsonObject } from '../json.ts';
import type { QueueResource } from '../resources/sqs.ts';
import type { QueueMessage } from '../state/types.ts';
import { requiredString } from './members.ts';
import { jsonReply, unknownOperation } from './reply.ts';
import { bodyMd5, attributesMd5 } from './sqs-digest.ts';
import { runBatch, integer, queueError, queueOf, sendOne } from './sqs-input.ts';
import type { AwsCall, AwsReply, ServiceContext } from './types.ts';

type Handler = (call: AwsCall, queue: QueueResource, context: ServiceContext) => unknown;

const handlers: Readonly<Record<string, Handler>> = {
  GetQueueUrl: (_, queue) => ({ QueueUrl: queue.url }),
  GetQueueAttributes: attributes,
  SendMessage: (call, queue, context) => sendOne(call.input, queue, call.caller.name, context.state),
  SendMessageBatch: (call, queue, context) =>
    runBatch(call.input, (entry) => sendOne(entry, queue, call.caller.name, context.state)),
  ReceiveMessage: receive,
  DeleteMessage: (call, queue, context) => remove(call.input, queue, context),
  DeleteMessageBatch: (call, queue, context) =>
    runBatch(call.input, (entry) => remove(entry, queue, context)),
  ChangeMessageVisibility: (call, queue, context) => postpone(call.input, queue, context),
  ChangeMessageVisibilityBatch: (call, queue, context) =>
    runBatch(call.input, (entry) => postpone(entry, queue, context)),
};

/** SQS standard queues, in its JSON protocol. */
export async function sqs(call: AwsCall, context: ServiceContext): Promise<AwsReply> {
  const handler = handlers[call.operation];
  if (!handler) throw unknownOperation(call);
  const queue = queueOf(call, context.assembly.current);
  return jsonReply(await handler(call, queue, context));
}

async function receive(call: AwsCall, queue: QueueResource, context: ServiceContext): Promise<unknown> {
  const max = integer(call.input, 'MaxNumberOfMessages', 1, 10, 1);
  const waitSeconds = integer(call.input, 'WaitTimeSeconds', 0, 20, 0);
  const visibility = integer(call.input, 'VisibilityTimeout', 0, 43_200, queue.visibilityTimeoutSeconds);
  const end = Date.now() + waitSeconds * 1000;
  const { queues } = context.state;
  for (;;) {
    // Messages for a caller who has hung up would be hidden from everybody.
    const messages = call.signal.aborted ? [] : queues.receive(queue, max, visibility);
    const leftMs = end - Date.now();
    if (messages.length > 0 || leftMs <= 0 || call.signal.aborted) {
      const wanted = [call.input['AttributeNames'], call.input['MessageSystemAttributeNames']]
        .flat()
        .map(String);
      return messages.length === 0
        ? {}
        : { Messages: messages.map((message) => wireMessage(message, wanted)) };
    }
    await queues.untilVisible(queue.name, leftMs, call.signal);
  }
}

function wireMessage(message: QueueMessage, wanted: readonly string[]): unknown {
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => wanted.includes('All') || wanted.includes(name),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: bodyMd5(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(Object.keys(message.attributes).length > 0 && {
      MessageAttributes: message.attributes,
      MD5OfMessageAttributes: attributesMd5(message.attributes),
    }),
  };
}

/** What SQS adds to a message, all of it text. */
export function systemAttributes(message: QueueMessage): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: message.senderId,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.deadLetterSourceArn !== undefined && {
      DeadLetterQueueSourceArn: message.deadLetterSourceArn,
    }),
  };
}

function remove(input: JsonObject, queue: QueueResource, context: ServiceContext): JsonObject {
  context.state.queues.remove(queue.name, requiredString(input, 'ReceiptHandle', 'MissingParameter'));
  return {};
}

function postpone(input: JsonObject, queue: QueueResource, context: ServiceContext): JsonObject {
  const seconds = integer(input, 'VisibilityTimeout', 0, 43_200);
  const handle = requiredString(input, 'ReceiptHandle', 'MissingParameter');
  if (!context.state.queues.changeVisibility(queue.name, handle, seconds)) {
    throw queueError('MessageNotInflight', 'The message is not in flight.');
  }
  return {};
}

function attributes(call: AwsCall, queue: QueueResource, context: ServiceContext): unknown {
  const counts = context.state.queues.counts(queue.name);
  const all: Record<string, string> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    ...(queue.policy && { Policy: JSON.stringify(queue.policy) }),
    ...(queue.redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: queue.redrive.deadLetterArn,
        maxReceiveCount: queue.redrive.maxReceiveCount,
      }),
    }),
  };
  const wanted = [call.input['AttributeNames']].flat().map(String);
  const chosen = Object.entries(all).filter(([name]) => wanted.includes('All') || wanted.includes(name));
  return { Attributes: Object.fromEntries(chosen) };
}
