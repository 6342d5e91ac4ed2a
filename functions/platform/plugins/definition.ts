import { setTimeout as sleep } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { invokeClient, lambdaAdminClient } from '#runtime/aws-lambda.ts';
import { documentClient, once } from '#runtime/aws.ts';
import { createCaller } from '#runtime/call.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { readEnvironment, type FunctionEnvironment } from '#runtime/environment.ts';
import { initialStateOf, readData, type Directory } from '../data.ts';
import { createDriftReport } from './drift.ts';
import { createHealthCheck } from './health.ts';
import manifest from './manifest.json' with { type: 'json' };
import { createQueueMappings } from './mappings.ts';
import {
  getOpenApi,
  getPlugin,
  getPluginAudit,
  listPlugins,
  loadPlugin,
  pluginsDrift,
  pluginsHealth,
  unloadPlugin,
  type PluginsServices,
} from './operations.ts';
import { createRegistryStore } from '../registry/registry-store.ts';
import { createStartCheck } from './start-check.ts';

/** What tests replace. */
interface PluginsApiOptions {
  readonly environment?: FunctionEnvironment;
  readonly documents?: () => DynamoDBDocumentClient;
  readonly invoker?: () => LambdaClient;
  readonly admin?: () => LambdaClient;
}

interface OpenApi {
  readonly servers: readonly { readonly url: string; readonly description: string }[];
}

/** The document with the deployed API as its server; locally the composed one is right as it is. */
function withServer(document: OpenApi, url: string | undefined, stage: string): OpenApi {
  if (url === undefined) return document;
  return { ...document, servers: [{ url, description: `Stage ${stage}` }] };
}

/** The platform's own operations on plugins. @param data folder of the generated files */
export function pluginsApi(data: URL, options: PluginsApiOptions = {}) {
  return definePlugin({
    manifest,
    config: z.object({}),
    initialize(): PluginsServices {
      const environment = options.environment ?? readEnvironment();
      const { functionPrefix, now, registryTable, stage, apiUrl } = environment;
      if (!registryTable) throw new Error('ANINEEPLUS_REGISTRY_TABLE is not set');
      const directory = once(() => readData(data, 'directory.json') as Directory);
      const registry = createRegistryStore({
        client: (options.documents ?? documentClient)(),
        table: registryTable,
        now,
        initialStateOf: (name) => initialStateOf(directory(), name),
      });
      const wait = (ms: number) => sleep(ms);
      const mappings = createQueueMappings({
        client: options.admin ?? lambdaAdminClient,
        functionPrefix,
        sleep: wait,
      });
      const caller = createCaller({ environment, client: options.invoker ?? invokeClient });
      return {
        get directory() {
          return directory();
        },
        registry,
        mappings,
        health: createHealthCheck({ directory, stage, registry, caller }),
        drift: createDriftReport({ directory, registry, mappings, now }),
        startFailure: createStartCheck({ caller, stage, sleep: wait }),
        openApi: once(() => withServer(readData(data, 'openapi.json') as OpenApi, apiUrl, stage)),
        now,
        sleep: wait,
      };
    },
    operations: {
      listPlugins,
      getPlugin,
      getPluginAudit,
      pluginsHealth,
      pluginsDrift,
      loadPlugin,
      unloadPlugin,
      getOpenApi,
    },
  });
}
