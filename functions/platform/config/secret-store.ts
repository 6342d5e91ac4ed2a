import { randomUUID } from 'node:crypto';
import { isAwsError } from '#runtime/aws/aws-error.ts';
import type { SecretsClient } from '#runtime/aws/secrets.ts';
import { parseConfigDocument, type ConfigDocument } from '#runtime/lifecycle/config-document.ts';

/** A version of a plugin's secret that carries a staging label. */
export interface SecretVersion {
  readonly id: string;
  readonly stages: readonly string[];
  readonly createdAt: Date | undefined;
}

/** The secrets that hold the configurations of plugins, one each. */
export interface SecretStore {
  versions(plugin: string): Promise<readonly SecretVersion[]>;
  /** @throws ConfigError for what is no document */
  read(plugin: string, versionId: string): Promise<ConfigDocument>;
  /** @throws ConfigError for what is no document */
  inForce(plugin: string): Promise<{ readonly version: SecretVersion; readonly document: ConfigDocument }>;
  /** Stores a document beside the one in force, as AWSPENDING. @returns its version */
  stage(plugin: string, document: ConfigDocument): Promise<string>;
  /**
   * Moves a staging label. Secrets Manager does it only while the label is where the caller says.
   * @returns whether it was
   */
  move(plugin: string, label: string, move: StageMove): Promise<boolean>;
}

export interface StageMove {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export const CURRENT = 'AWSCURRENT';
export const PENDING = 'AWSPENDING';

export interface SecretStoreOptions {
  readonly client: () => SecretsClient;
  /** In front of the plugin's name in the name of its secret. */
  readonly prefix: string;
}

export function createSecretStore({ client, prefix }: SecretStoreOptions): SecretStore {
  return {
    async versions(plugin) {
      const found: SecretVersion[] = [];
      let token: string | undefined;
      do {
        const { Versions = [], NextToken } = await client().listSecretVersionIds({
          SecretId: prefix + plugin,
          MaxResults: 100,
          NextToken: token,
        });
        for (const { VersionId: id, VersionStages: stages = [], CreatedDate: createdAt } of Versions) {
          if (id !== undefined) found.push({ id, stages, createdAt });
        }
        token = NextToken;
      } while (token !== undefined);
      return found;
    },
    async read(plugin, versionId) {
      const { SecretString: text } = await client().getSecretValue({
        SecretId: prefix + plugin,
        VersionId: versionId,
      });
      return parseConfigDocument(plugin, text);
    },
    async inForce(plugin) {
      const {
        SecretString: text,
        VersionId: id = 'unknown',
        VersionStages: stages = [],
        CreatedDate: createdAt,
      } = await client().getSecretValue({ SecretId: prefix + plugin });
      return { version: { id, stages, createdAt }, document: parseConfigDocument(plugin, text) };
    },
    async stage(plugin, { configVersion, values }) {
      // One token for all attempts of the client. It becomes the public id of the version, so it is no hash of secrets.
      const id = randomUUID();
      await client().putSecretValue({
        SecretId: prefix + plugin,
        ClientRequestToken: id,
        SecretString: JSON.stringify({ configVersion, values }),
        VersionStages: [PENDING],
      });
      return id;
    },
    async move(plugin, label, { from, to }) {
      try {
        await client().updateSecretVersionStage({
          SecretId: prefix + plugin,
          VersionStage: label,
          RemoveFromVersionId: from,
          MoveToVersionId: to,
        });
        return true;
      } catch (error) {
        if (isAwsError(error, 'InvalidParameterException')) return false;
        throw error;
      }
    },
  };
}
