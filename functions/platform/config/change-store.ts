import type { DocumentClient } from '#runtime/aws/document-types.ts';
import type { Actor } from '../registry/audit.ts';
import { unavailable } from '../registry/unavailable.ts';

export type ConfigAction = 'config-write' | 'config-rollback' | 'config-import';

/** Who changes the version in force, from which to which; written before the secret is touched. It holds no value. */
export interface ConfigChange extends Actor {
  readonly action: ConfigAction;
  /** ISO 8601. */
  readonly at: string;
  readonly from: string;
  readonly to: string;
  /** Whether `to` is made by it, and was not there before. */
  readonly isNew: boolean;
  /** Paths of the values that differ. */
  readonly changed: readonly string[];
  readonly configVersion: number;
}

type ChangeId = Pick<ConfigChange, 'from' | 'to' | 'isNew'>;

/** What is known of the changes of each plugin's configuration, beside the secret, which keeps no such thing. */
export interface ChangeStore {
  put(plugin: string, change: ConfigChange): Promise<void>;
  remove(plugin: string, change: ChangeId): Promise<void>;
  list(plugin: string): Promise<readonly ConfigChange[]>;
}

/** A partition of their own, because these items are deleted again, and nobody may delete those of the audit. */
const partitionOf = (plugin: string) => `CONFIG#${plugin}`;

const keyOf = (plugin: string, { from, to, isNew }: ChangeId) => ({
  PK: partitionOf(plugin),
  SK: `${isNew ? 'NEW' : 'BACK'}#${to}#${from}`,
});

export interface ChangeStoreOptions {
  readonly client: DocumentClient;
  readonly table: string;
}

/** @throws ProblemError 503 `registry-unavailable` from every method when the table does not answer */
export function createChangeStore({ client, table }: ChangeStoreOptions): ChangeStore {
  return {
    async put(plugin, change) {
      const Item = { ...keyOf(plugin, change), ...change };
      await client.put({ TableName: table, Item }).catch(unavailable);
    },
    async remove(plugin, change) {
      const Key = keyOf(plugin, change);
      await client.delete({ TableName: table, Key }).catch(unavailable);
    },
    async list(plugin) {
      const { Items: items = [] } = await client
        .query({
          TableName: table,
          KeyConditionExpression: 'PK = :pk',
          ExpressionAttributeValues: { ':pk': partitionOf(plugin) },
          ConsistentRead: true,
        })
        .catch(unavailable);
      return items.map(({ PK: _pk, SK: _sk, ...change }) => change as unknown as ConfigChange);
    },
  };
}
