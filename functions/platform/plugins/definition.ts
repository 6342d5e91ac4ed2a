import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { type StagesClient, stagesClient } from '#runtime/aws/api-gateway.ts';
import { type MappingsClient, mappingsClient } from '#runtime/aws/lambda.ts';
import { once } from '#runtime/once.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { readData } from '../data.ts';
import { sharedServices, type SharedOptions } from '../shared-services.ts';
import { createDriftReport } from './drift.ts';
import { createErrorGroups } from './error-groups.ts';
import { createHealthCheck } from './health.ts';
import manifest from './manifest.json' with { type: 'json' };
import { createQueueMappings } from './mappings.ts';
import type { PluginsServices } from './services.ts';
import { createRouteThrottles } from './route-throttles.ts';
import { createStartCheck } from './start-check.ts';

/** What tests replace. */
interface PluginsApiOptions extends SharedOptions {
  readonly admin?: () => MappingsClient;
  readonly stages?: () => StagesClient;
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
      const { environment, client, directory, registry, caller } = sharedServices(data, options);
      const { functionPrefix, now, stage, apiUrl, errorsTable } = environment;
      const errorGroups = once(() => {
        if (!errorsTable) throw new Error('ANINEEPLUS_ERRORS_TABLE is not set');
        return createErrorGroups({ client, table: errorsTable, now });
      });
      const wait = (ms: number) => sleep(ms);
      const mappings = createQueueMappings({
        client: options.admin ?? mappingsClient,
        functionPrefix,
        sleep: wait,
      });
      const routeOwners = once(
        () => new Map(Object.entries(readData(data, 'routes.json') as Readonly<Record<string, string>>)),
      );
      return {
        get directory() {
          return directory();
        },
        registry,
        mappings,
        health: createHealthCheck({ directory, stage, registry, caller }),
        get errorGroups() {
          return errorGroups();
        },
        throttles: createRouteThrottles({
          client: options.stages ?? stagesClient,
          ownerOf: (key) => routeOwners().get(key),
          sleep: wait,
        }),
        drift: createDriftReport({ directory, registry, mappings, now }),
        startFailure: createStartCheck({ caller, stage, sleep: wait }),
        openApi: once(() => withServer(readData(data, 'openapi.json') as OpenApi, apiUrl, stage)),
        now,
        sleep: wait,
      };
    },
  });
}
