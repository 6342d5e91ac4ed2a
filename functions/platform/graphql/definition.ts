import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { GraphQLSchema } from 'graphql';
import * as z from 'zod/mini';
import { invokeClient } from '#runtime/aws-lambda.ts';
import { createCaller } from '#runtime/call.ts';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { readEnvironment, type FunctionEnvironment } from '#runtime/environment.ts';
import { readData, type GraphqlData } from '../data.ts';
import { answer, type GraphqlBody, type GraphqlRequest } from './answer.ts';
import { createDocuments, type ReadDocument } from './documents.ts';
import manifest from './manifest.json' with { type: 'json' };
import { createSchema } from './schema.ts';
import { describeSchema } from './texts.ts';

interface Services {
  readonly schema: GraphQLSchema;
  readonly read: (query: string) => ReadDocument;
  readonly stage: string;
}

/** What tests replace. */
interface GraphqlApiOptions {
  readonly environment?: FunctionEnvironment;
  readonly invoker?: () => LambdaClient;
}

// GraphQL answers in its own form, so the members are checked where that form is made.
const request = z.looseObject({
  query: z.optional(z.unknown()),
  variables: z.optional(z.unknown()),
  operationName: z.optional(z.unknown()),
});

const graphql = operation({
  summary: 'Every public operation of all plugins as one GraphQL schema',
  input: request,
  output: z.object({ data: z.optional(z.unknown()), errors: z.optional(z.array(z.unknown())) }),
  errors: {},
  idempotency: 'key',
  run: ({ input, services, idempotency, ...context }: OperationContext<GraphqlRequest, Services>) => {
    const { caller, requestId, traceparent, log, remainingMs } = context;
    const { stage } = services;
    const field = {
      caller,
      requestId,
      traceparent,
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

/** The platform's GraphQL function. @param data folder of the generated files */
export function graphqlApi(data: URL, options: GraphqlApiOptions = {}) {
  const environment = options.environment ?? readEnvironment();
  const { stage } = environment;
  const call = createCaller({ environment, client: options.invoker ?? invokeClient });
  // At init, where Lambda has its full speed, and not in the first call.
  const schema = createSchema(readData(data, 'graphql.json') as GraphqlData, call);
  const introspection = stage !== 'prod' && stage !== 'production';
  const beforeIntrospection = (): void =>
    describeSchema(schema, readData(data, 'graphql-texts.json') as Readonly<Record<string, string>>);
  const read = createDocuments({ schema, introspection, beforeIntrospection });
  const services: Services = { schema, read, stage };
  return definePlugin({
    manifest,
    config: z.object({}),
    initialize: () => services,
    operations: { graphql },
  });
}
