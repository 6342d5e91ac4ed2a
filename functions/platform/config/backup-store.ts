import type { DocumentClient } from '#runtime/aws/document-types.ts';
import { queryPages } from '#runtime/aws/documents.ts';
import { unavailable } from '../registry/unavailable.ts';
import type { SealedBackup } from './backup-seal.ts';

/** A backup of one plugin's configuration. */
export interface ConfigBackup extends SealedBackup {
  /** The version of the secret that it is a copy of. */
  readonly version: string;
}

/** A backup as a list shows it. */
export interface ListedBackup {
  /** ISO 8601; identifies it among those of the plugin. */
  readonly takenAt: string;
  readonly label: string;
  readonly version: string;
  readonly configVersion: number;
}

/** The backups of all plugins; each is deleted after {@link RETENTION_DAYS}. */
export interface BackupStore {
  put(backup: ConfigBackup): Promise<void>;
  /** Newest first. */
  list(plugin: string): Promise<readonly ListedBackup[]>;
  get(plugin: string, takenAt: string): Promise<SealedBackup | undefined>;
}

/** As long as DynamoDB can restore a table to a point in time. */
const RETENTION_DAYS = 35;
const DAY_SECONDS = 86_400;

const partition = (plugin: string): string => `PLUGIN#${plugin}`;

export interface BackupStoreOptions {
  readonly client: DocumentClient;
  readonly table: string;
}

/** @throws ProblemError 503 `registry-unavailable` from reads when the table does not answer */
export function createBackupStore({ client, table }: BackupStoreOptions): BackupStore {
  return {
    async put({ envelope, sealedKey, version }) {
      const { plugin, exportedAt, label, configVersion } = envelope;
      const ttl = Math.floor(Date.parse(exportedAt) / 1000) + RETENTION_DAYS * DAY_SECONDS;
      const keys = { PK: partition(plugin), SK: exportedAt };
      const Item = { ...keys, label, version, configVersion, envelope, sealedKey, ttl };
      await client.put({ TableName: table, Item });
    },
    async list(plugin) {
      const query = {
        TableName: table,
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': partition(plugin) },
        ExpressionAttributeNames: { '#label': 'label', '#version': 'version' },
        ProjectionExpression: 'SK, #label, #version, configVersion',
        ScanIndexForward: false,
      };
      const found: ListedBackup[] = [];
      try {
        for await (const { Items: items = [] } of queryPages(client, query)) {
          for (const { SK, ...listed } of items)
            found.push({ takenAt: String(SK), ...(listed as Omit<ListedBackup, 'takenAt'>) });
        }
      } catch (cause) {
        unavailable(cause);
      }
      return found;
    },
    async get(plugin, takenAt) {
      const Key = { PK: partition(plugin), SK: takenAt };
      const { Item: item } = await client.get({ TableName: table, Key }).catch(unavailable);
      if (!item) return undefined;
      const { envelope, sealedKey } = item as SealedBackup & typeof item;
      return { envelope, sealedKey };
    },
  };
}
