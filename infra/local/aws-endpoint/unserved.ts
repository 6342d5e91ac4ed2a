import type { IncomingMessage } from 'node:http';
import type { AwsReply } from '../services/types.ts';

const CODE = 'UnknownOperationException';

/** Why a call to a service cannot be answered here. */
export const unservedMessage = (service: string, { method, url, headers }: IncomingMessage): string => {
  const operation = headers['x-amz-target'] ?? `${method} ${url?.split('?')[0]}`;
  return `the local runner has no ${service}: ${String(operation)} works on AWS alone, and so does its statement under iam`;
};

/** The answer of a service that the local runner does not have, in the form that clients of its protocol read. */
export function unservedReply(service: string, request: IncomingMessage): AwsReply {
  const message = unservedMessage(service, request);
  const type = request.headers['content-type'] ?? '';
  const isQuery = type.startsWith('application/x-www-form-urlencoded');
  if (isQuery || service === 's3') {
    const error = `<Error><Code>${CODE}</Code><Message>${escaped(message)}</Message></Error>`;
    return {
      status: 404,
      headers: { 'content-type': 'text/xml' },
      body: isQuery ? `<ErrorResponse>${error}</ErrorResponse>` : error,
    };
  }
  return {
    status: 404,
    headers: { 'x-amzn-errortype': CODE },
    body: JSON.stringify({ __type: `com.amazon.coral.service#${CODE}`, message }),
  };
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
