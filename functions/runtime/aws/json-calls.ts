import { AwsError } from './aws-error.ts';
import { type AwsClientOptions, createAwsClient } from './client.ts';
import type { Service } from './endpoint.ts';

/** The version of a JSON protocol, and in front of which an operation's name stands in `X-Amz-Target`. */
export interface JsonProtocol {
  readonly version: '1.0' | '1.1';
  readonly target: string;
}

/** Makes calls of a service by their names, with inputs and outputs as JSON. */
export type JsonCalls = <Output>(operation: string, input: object) => Promise<Output>;

/** The operations of a service that speaks AWS JSON 1.0 or 1.1. Source: Smithy, "AWS JSON 1.0 protocol". */
export function createJsonCalls(
  service: Service,
  { version, target }: JsonProtocol,
  options?: AwsClientOptions,
): JsonCalls {
  const client = createAwsClient(service, options);
  return async <Output>(operation: string, input: object) => {
    const { body } = await client.send({
      headers: {
        'content-type': `application/x-amz-json-${version}`,
        'x-amz-target': `${target}.${operation}`,
      },
      body: JSON.stringify(input),
    });
    try {
      return JSON.parse(body.toString() || '{}') as Output;
    } catch {
      throw new AwsError('InvalidResponse', `${target}.${operation} answered with no JSON`, {
        httpStatusCode: 200,
      });
    }
  };
}

/** Protocols tell times in seconds. */
export const dateOf = (seconds: unknown): Date | undefined =>
  typeof seconds === 'number' ? new Date(seconds * 1000) : undefined;
