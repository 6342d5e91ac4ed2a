import type { JsonObject } from '../json.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { QueueResource } from '../resources/sqs.ts';
import type { MessageAttribute, State } from '../state/types.ts';
import { optionalString, requiredString } from './members.ts';
import { ServiceError } from './reply.ts';
import { attributesMd5, bodyMd5 } from './sqs-digest.ts';
import type { AwsCall } from './types.ts';

const bodyBytesMax = 1024 * 1024;

export const queueError = (code: string, message: string) => new ServiceError(code, message);

/** The queue that a call is about. @throws ServiceError QueueDoesNotExist */
export function queueOf(call: AwsCall, assembly: Assembly): QueueResource {
  const name =
    call.operation === 'GetQueueUrl'
      ? requiredString(call.input, 'QueueName', 'MissingParameter')
      : requiredString(call.input, 'QueueUrl', 'MissingParameter').split('/').at(-1);
  const queue = assembly.queues.find((candidate) => candidate.name === name);
  if (!queue) throw queueError('QueueDoesNotExist', 'The specified queue does not exist.');
  return queue;
}

/** An integer member within bounds. @throws ServiceError InvalidParameterValue */
export function integer(
  input: JsonObject,
  name: string,
  min: number,
  max: number,
  otherwise?: number,
): number {
  const value = input[name] ?? otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  const reason = `Reason: Must be between ${min} and ${max}, if provided.`;
  throw queueError(
    'InvalidParameterValue',
    `Value ${JSON.stringify(value)} for parameter ${name} is invalid. ${reason}`,
  );
}

/** Stores one message, of a request or of an entry of a batch. */
export function sendOne(input: JsonObject, queue: QueueResource, senderId: string, state: State): JsonObject {
  const body = requiredString(input, 'MessageBody', 'MissingParameter');
  if (Buffer.byteLength(body) > bodyBytesMax) {
    throw queueError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${bodyBytesMax} bytes.`,
    );
  }
  const attributes = (input['MessageAttributes'] ?? {}) as Record<string, MessageAttribute>;
  const delaySeconds = integer(input, 'DelaySeconds', 0, 900, 0);
  const messageId = state.queues.send(queue.name, { body, attributes, delaySeconds, senderId });
  return {
    MessageId: messageId,
    MD5OfMessageBody: bodyMd5(body),
    ...(Object.keys(attributes).length > 0 && { MD5OfMessageAttributes: attributesMd5(attributes) }),
  };
}

/** Does the entries of a batch one by one: some may fail. @throws ServiceError when the batch itself is wrong */
export function runBatch(input: JsonObject, work: (entry: JsonObject) => JsonObject): JsonObject {
  const entries = Array.isArray(input['Entries']) ? (input['Entries'] as readonly JsonObject[]) : [];
  if (entries.length === 0) {
    throw queueError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw queueError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  if (new Set(entries.map((entry) => entry['Id'])).size < entries.length) {
    throw queueError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  }
  const successful: JsonObject[] = [];
  const failed: JsonObject[] = [];
  for (const entry of entries) {
    const id = optionalString(entry, 'Id');
    try {
      successful.push({ Id: id, ...work(entry) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      failed.push({ Id: id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful: successful, Failed: failed };
}
