import { isAwsError } from '../aws/aws-error.ts';
import type { SecretsClient } from '../aws/secrets.ts';
import { isNewer, parseConfigDocument, type ConfigDocument, type ConfigShape } from './config-document.ts';

export interface SecretReaderOptions {
  readonly shape: ConfigShape;
  /** Name or ARN of the secret; without one there are only defaults and overrides. */
  readonly secretId: string | undefined;
  readonly client: () => Pick<SecretsClient, 'getSecretValue'>;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Called when older values than those in force are used: reading has failed, or the code does not know their shape. */
  readonly refreshFailed?: () => void;
}

/** A version of the secret as it is stored. */
interface StoredVersion {
  readonly stored: ConfigDocument;
  readonly versionId: string;
}

/** The version to work with, and the id of the one in force where that is another. */
interface UsableVersion extends StoredVersion {
  readonly inForceId: string;
}

/** Staging label of the version that was in force before. Secrets Manager moves it by itself. */
const PREVIOUS = 'AWSPREVIOUS';

/** Reads a plugin's secret, without a cache. */
export function createSecretReader({ shape, secretId, client, warn, refreshFailed }: SecretReaderOptions) {
  /** A version by its id or its staging label; without either, that in force. */
  async function read(
    wanted: { readonly VersionId?: string; readonly VersionStage?: string } = {},
  ): Promise<StoredVersion> {
    if (secretId === undefined) {
      return { stored: { configVersion: shape.version, values: {} }, versionId: 'none' };
    }
    const { SecretString: text, VersionId: versionId = 'unknown' } = await client().getSecretValue({
      SecretId: secretId,
      ...wanted,
    });
    return { stored: parseConfigDocument(shape.plugin, text), versionId };
  }

  const readPrevious = () =>
    read({ VersionStage: PREVIOUS }).catch((error: unknown) => {
      if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    });

  return {
    read,
    /**
     * The version in force; where the code does not know its shape, as after a rollback of the code, the one before.
     * @param mayFallBack false where older values are at hand
     */
    async inForce({ mayFallBack }: { readonly mayFallBack: boolean }): Promise<UsableVersion> {
      const current = await read();
      const inForceId = current.versionId;
      if (!mayFallBack || !isNewer(current.stored, shape)) return { ...current, inForceId };
      const previous = await readPrevious();
      if (!previous || isNewer(previous.stored, shape)) return { ...current, inForceId };
      warn('The configuration in force is newer than this code; the one before it is used', {
        configVersion: current.stored.configVersion,
        known: shape.version,
        version: previous.versionId,
      });
      refreshFailed?.();
      return { ...previous, inForceId };
    },
  };
}
