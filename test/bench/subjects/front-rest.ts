import { apiHandler } from '#runtime/adapters/api.ts';
import { invokeClient } from '#runtime/aws/lambda.ts';
import { createCaller } from '#runtime/call.ts';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';

/** What the GraphQL front does, by REST: one route that calls the payment plugin's function. */
const call = createCaller({ client: invokeClient });
const input = z.strictObject({ id: z.string() });

const getPayment = operation({
  summary: 'Calls another function',
  input,
  output: z.looseObject({}),
  errors: {},
  idempotency: 'none',
  run: async (context: OperationContext<{ id: string }, undefined>) => {
    const request = { plugin: 'payment', operation: 'getPayment', input: { id: context.input.id } };
    return ok((await call.operation<object>(request, context)).body);
  },
});

export const handler = apiHandler(
  definePlugin({
    manifest: {
      name: 'platform',
      version: '1.0.0',
      description: 'REST beside GraphQL',
      author: 'bench',
      operations: { getPayment: { http: { method: 'POST', path: '/graphql' } } },
    },
    config: z.object({}),
    initialize: () => undefined,
  }),
  { getPayment },
);
