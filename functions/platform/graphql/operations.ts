import type { GraphQLSchema } from 'graphql';
import * as z from 'zod/mini';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import { answer, type GraphqlBody, type GraphqlRequest } from './answer.ts';
import type { ReadDocument } from './documents.ts';

export interface GraphqlServices {
  readonly schema: GraphQLSchema;
  readonly read: (query: string) => ReadDocument;
  readonly stage: string;
}

// GraphQL answers in its own form, so the members are checked where that form is made.
const request = z.looseObject({
  query: z.optional(z.unknown()),
  variables: z.optional(z.unknown()),
  operationName: z.optional(z.unknown()),
});

export const graphql = operation({
  summary: 'Every public operation of all plugins as one GraphQL schema',
  input: request,
  output: z.object({ data: z.optional(z.unknown()), errors: z.optional(z.array(z.unknown())) }),
  errors: {},
  idempotency: 'key',
  run: ({ input, services, idempotency, ...context }: OperationContext<GraphqlRequest, GraphqlServices>) => {
    const { caller, requestId, traceparent, source, log, remainingMs } = context;
    const { stage } = services;
    const field = {
      caller,
      requestId,
      traceparent,
      source,
      log,
      remainingMs,
      stage,
      idempotencyKey: idempotency?.key,
    };
    return answer(input, field, services) as Promise<{
      status: number;
      body: { data?: unknown; errors?: unknown[] } & GraphqlBody;
    }>;
  },
});
