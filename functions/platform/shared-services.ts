import type { DocumentClient } from '#runtime/aws/document-types.ts';
import { documentClient } from '#runtime/aws/documents.ts';
import { type InvokeClient, invokeClient } from '#runtime/aws/lambda.ts';
import { createCaller } from '#runtime/call.ts';
import { readEnvironment, type FunctionEnvironment } from '#runtime/environment.ts';
import { once } from '#runtime/once.ts';
import { initialStateOf, readData, type Directory } from './data.ts';
import { createRegistryStore } from './registry/registry-store.ts';

/** What tests replace. */
export interface SharedOptions {
  readonly environment?: FunctionEnvironment;
  readonly documents?: () => DocumentClient;
  readonly invoker?: () => InvokeClient;
}

/**
 * What the functions that load and configure plugins both work with.
 * @param data folder of the generated files
 */
export function sharedServices(data: URL, options: SharedOptions) {
  const environment = options.environment ?? readEnvironment();
  const { now, registryTable: table } = environment;
  if (!table) throw new Error('ANINEEPLUS_REGISTRY_TABLE is not set');
  const client = (options.documents ?? documentClient)();
  const directory = once(() => readData(data, 'directory.json') as Directory);
  return {
    environment,
    client,
    table,
    directory,
    registry: createRegistryStore({
      client,
      table,
      now,
      initialStateOf: (name) => initialStateOf(directory(), name),
    }),
    caller: createCaller({ environment, client: options.invoker ?? invokeClient }),
  };
}
