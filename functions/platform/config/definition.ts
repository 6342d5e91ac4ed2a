import * as z from 'zod/mini';
import { type SecretsClient, secretsClient } from '#runtime/aws/secrets.ts';
import { once } from '#runtime/once.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { readData } from '../data.ts';
import { sharedServices, type SharedOptions } from '../shared-services.ts';
import { createBackupStore } from './backup-store.ts';
import { createChangeStore } from './change-store.ts';
import manifest from './manifest.json' with { type: 'json' };
import { createSecretStore } from './secret-store.ts';
import type { ConfigServices } from './services.ts';

/** What tests replace. */
export interface ConfigApiOptions extends SharedOptions {
  readonly secrets?: () => SecretsClient;
}

/** The platform's operations on configurations. @param data folder of the generated files */
export function configApi(data: URL, options: ConfigApiOptions = {}) {
  return definePlugin({
    manifest,
    config: z.object({}),
    initialize(): ConfigServices {
      const { environment, client, table, directory, registry, caller } = sharedServices(data, options);
      const { now, secretPrefix: prefix, backupTable, stage, auth } = environment;
      if (!prefix) throw new Error('ANINEEPLUS_CONFIG_SECRET_PREFIX is not set');
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
        backups: backupTable === undefined ? undefined : createBackupStore({ client, table: backupTable }),
        registry,
        caller,
        now,
        stage,
        isSecured: auth === 'jwt',
      };
    },
  });
}
