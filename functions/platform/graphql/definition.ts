import * as z from 'zod/mini';
import { type InvokeClient, invokeClient } from '#runtime/aws/lambda.ts';
import { createCaller } from '#runtime/call.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { readEnvironment, type FunctionEnvironment } from '#runtime/environment.ts';
import { readData, type GraphqlData } from '../data.ts';
import { createDocuments } from './documents.ts';
import manifest from './manifest.json' with { type: 'json' };
import type { GraphqlServices } from './operations.ts';
import { createSchema } from './schema.ts';
import { describeSchema } from './texts.ts';

/** What tests replace. */
interface GraphqlApiOptions {
  readonly environment?: FunctionEnvironment;
  readonly invoker?: () => InvokeClient;
}

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
  const services: GraphqlServices = { schema, read, stage };
  return definePlugin({
    manifest,
    config: z.object({}),
    initialize: () => services,
  });
}
