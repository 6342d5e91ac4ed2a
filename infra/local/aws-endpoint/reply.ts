import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ServiceError } from '../services/reply.ts';
import type { AwsReply, ServiceName } from '../services/types.ts';

const contentTypes: Readonly<Record<ServiceName, string>> = {
  dynamodb: 'application/x-amz-json-1.0',
  sqs: 'application/x-amz-json-1.0',
  secretsmanager: 'application/x-amz-json-1.1',
  events: 'application/x-amz-json-1.1',
  apigateway: 'application/json',
  lambda: 'application/json',
  xray: 'application/json',
};

/** Services whose operations are paths: their error codes stand in a header. */
const isRest = (service: ServiceName | undefined): boolean =>
  service === 'lambda' || service === 'apigateway';

/** The status of a call that the caller may not make. */
export const refusedStatus = (service: ServiceName | undefined): 400 | 403 => (isRest(service) ? 403 : 400);

/** Names that a service puts before its error codes; clients cut them off. */
const namespaces: Partial<Record<ServiceName, string>> = {
  dynamodb: 'com.amazonaws.dynamodb.v20120810#',
  sqs: 'com.amazonaws.sqs#',
};

// Codes that older clients of SQS's query protocol know by another name.
const queryCodes: Readonly<Record<string, string>> = {
  KmsAccessDenied: 'KMS.AccessDeniedException',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
};

export function sendReply(response: ServerResponse, service: ServiceName | undefined, reply: AwsReply): void {
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  response.writeHead(reply.status, {
    'content-type': service ? contentTypes[service] : 'application/json',
    'x-amzn-requestid': randomUUID(),
    ...reply.headers,
    ...(reply.status !== 204 && { 'content-length': body.length }),
  });
  response.end(reply.status === 204 ? undefined : body);
}

/** A refusal in the form of the service that was asked. */
export function errorReply(error: ServiceError, service: ServiceName | undefined): AwsReply {
  const { code, message, status } = error;
  if (isRest(service)) {
    const type = status >= 500 ? 'Service' : 'User';
    return {
      status,
      headers: { 'x-amzn-errortype': code },
      body: JSON.stringify({ Type: type, Message: message, message }),
    };
  }
  const common = ['AccessDeniedException', 'UnrecognizedClientException', 'UnknownOperationException'];
  const namespace = common.includes(code)
    ? 'com.amazon.coral.service#'
    : (namespaces[service ?? 'events'] ?? '');
  const sender = status >= 500 ? 'Receiver' : 'Sender';
  return {
    status,
    ...(service === 'sqs' && { headers: { 'x-amzn-query-error': `${queryCodes[code] ?? code};${sender}` } }),
    body: JSON.stringify({ __type: `${namespace}${code}`, message }),
  };
}
