import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { invokeClient } from '#runtime/aws-lambda.ts';
import { secretsClient } from '#runtime/aws-secrets.ts';
import { documentClient, once } from '#runtime/aws.ts';
import { createCaller } from '#runtime/call.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { readEnvironment, type FunctionEnvironment } from '#runtime/environment.ts';
import { initialStateOf, readData, type Directory } from '../data.ts';
import { createRegistryStore } from '../registry/registry-store.ts';
import { createChangeStore } from './change-store.ts';
import manifest from './manifest.json' with { type: 'json' };
import * as operations from './operations.ts';
import { createSecretStore } from './secret-store.ts';
import type { ConfigServices } from './services.ts';

/** What tests replace. */
export interface ConfigApiOptions {
  readonly environment?: FunctionEnvironment;
  readonly documents?: () => DynamoDBDocumentClient;
  readonly secrets?: () => SecretsManagerClient;
  readonly invoker?: () => LambdaClient;
}

/** The platform's operations on configurations. @param data folder of the generated files */
export function configApi(data: URL, options: ConfigApiOptions = {}) {
  return definePlugin({
    manifest,
    config: z.object({}),
    initialize(): ConfigServices {
      const environment = options.environment ?? readEnvironment();
      const { now, registryTable: table, secretPrefix: prefix, stage, auth } = environment;
      if (!table) throw new Error('ANINEEPLUS_REGISTRY_TABLE is not set');
      if (!prefix) throw new Error('ANINEEPLUS_CONFIG_SECRET_PREFIX is not set');
      const client = (options.documents ?? documentClient)();
      const directory = once(() => readData(data, 'directory.json') as Directory);
      const configs = once(() => readData(data, 'config.json') as ConfigServices['configs']);
      return {
        get directory() {
          return directory();
        },
        get configs() {
          return configs();
        },
        secrets: createSecretStore({ client: options.secrets ?? secretsClient, prefix }),
        changes: createChangeStore({ client, table }),
        registry: createRegistryStore({
          client,
          table,
          now,
          initialStateOf: (name) => initialStateOf(directory(), name),
        }),
        caller: createCaller({ environment, client: options.invoker ?? invokeClient }),
        now,
        stage,
        isSecured: auth === 'jwt',
      };
    },
    operations: { ...operations },
  });
}
