import * as z from 'zod/mini';
import { documentClient } from '#runtime/aws/documents.ts';
import { secretsClient } from '#runtime/aws/secrets.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { readEnvironment } from '#runtime/environment.ts';
import { createBackupStore } from '../config/backup-store.ts';
import { createSecretStore } from '../config/secret-store.ts';
import type { ConfigServices } from '../config/services.ts';
import { readData } from '../data.ts';
import manifest from './manifest.json' with { type: 'json' };
import type { BackupServices } from './schedule.ts';

/** The function that keeps backups: it reads secrets, adds to the table of backups, and can do nothing else. */
export function configBackups(data: URL) {
  return definePlugin({
    manifest,
    config: z.object({}),
    initialize(): BackupServices {
      const { secretPrefix: prefix, backupTable: table, backupKey: publicKey, stage } = readEnvironment();
      if (!prefix) throw new Error('ANINEEPLUS_CONFIG_SECRET_PREFIX is not set');
      if (!table) throw new Error('ANINEEPLUS_CONFIG_BACKUP_TABLE is not set');
      if (!publicKey) throw new Error('ANINEEPLUS_CONFIG_BACKUP_KEY is not set');
      return {
        plugins: Object.keys(readData(data, 'config.json') as ConfigServices['configs']),
        secrets: createSecretStore({ client: secretsClient, prefix }),
        backups: createBackupStore({ client: documentClient(), table }),
        publicKey,
        stage,
      };
    },
  });
}
