import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  isNewer,
  migrateConfig,
  parseConfigDocument,
  type ConfigDocument,
  type ConfigShape,
  type ConfigValues,
} from './config-document.ts';
import type { Overrides } from './config-overrides.ts';
import { deepMerge } from './plugin-instance.ts';

/** The values of a plugin before its schema has seen them, and the version they came from. */
interface ConfigSnapshot {
  readonly values: unknown;
  readonly version: string;
}

export interface ConfigSource {
  /** The values to work with. @param wanted version that the registry names; another one than ours is fetched */
  current(wanted?: string): Promise<ConfigSnapshot>;
  /** Starts the first fetch, so that it runs while the registry is read; its outcome is `current`'s. */
  prefetch(): void;
  /** Fetches again at the next call, because an upstream refused the credentials; at most every 10 seconds. */
  readonly invalidate: () => void;
  /** One version of the secret, in force or not, as it is stored and in the shape that the code knows; never cached. */
  reading(versionId: string): Promise<{ readonly stored: ConfigDocument; readonly document: ConfigDocument }>;
  /** The values to work with, if this document were in force. */
  effective(document: ConfigDocument): unknown;
  /** What environment variables set. */
  readonly overrides: Overrides;
}

export interface ConfigOptions {
  readonly shape: ConfigShape;
  /** Name or ARN of the secret; without one there are only defaults and overrides. */
  readonly secretId: string | undefined;
  readonly client: () => SecretsManagerClient;
  /** Values of the stage that come with the code; the secret's go before them. */
  readonly stageValues?: ConfigValues;
  readonly overrides: Overrides;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Called when older values than those in force are used: reading has failed, or the code does not know their shape. */
  readonly refreshFailed?: () => void;
  readonly cacheMs?: number;
  readonly now?: () => number;
}

const INVALIDATE_PAUSE_MS = 10_000;

/** Staging label of the version that was in force before. Secrets Manager moves it by itself. */
const PREVIOUS = 'AWSPREVIOUS';

/**
 * Stage file, secret and environment overrides, the later over the earlier, cached; one fetch at a time, and the last
 * good values while fetching fails or the secret is newer than the code.
 */
export function createConfigSource(options: ConfigOptions): ConfigSource {
  const { shape, secretId, client, stageValues = {}, overrides, cacheMs = 300_000, now = Date.now } = options;
  let held: { snapshot: ConfigSnapshot; fetchedAt: number; wanted: string | undefined } | undefined;
  let pending: Promise<ConfigSnapshot> | undefined;
  let invalidatedAt = -Infinity;
  let stale = false;

  const effective = ({ values }: ConfigDocument): unknown =>
    deepMerge(deepMerge(stageValues, values), overrides.values);

  async function fetchSecret(wanted: string | undefined): Promise<ConfigSnapshot> {
    try {
      const snapshot = await readInForce();
      held = { snapshot, fetchedAt: now(), wanted };
      stale = false;
      return snapshot;
    } catch (error) {
      if (!held) throw error;
      options.warn('Configuration could not be refreshed; the last good one stays', { error: String(error) });
      options.refreshFailed?.();
      // The next attempt is 5 seconds away, or every call would wait for Secrets Manager while it is down.
      held = { ...held, fetchedAt: now() - cacheMs + 5000, wanted };
      stale = false;
      return held.snapshot;
    }
  }

  /** A version by its id or its staging label; without either, that in force. */
  async function readSecret(wanted: { readonly VersionId?: string; readonly VersionStage?: string } = {}) {
    if (secretId === undefined) {
      return { stored: { configVersion: shape.version, values: {} }, versionId: 'none' };
    }
    const { SecretString: text, VersionId: versionId = 'unknown' } = await client().send(
      new GetSecretValueCommand({ SecretId: secretId, ...wanted }),
    );
    return { stored: parseConfigDocument(shape.plugin, text), versionId };
  }

  /**
   * The version in force. Where that is of a newer shape than the code knows, as after a rollback of the code, an
   * environment that holds none works with the one before.
   */
  async function readInForce(): Promise<ConfigSnapshot> {
    const current = await readSecret();
    const previous = held || !isNewer(current.stored, shape) ? undefined : await readPrevious();
    if (!previous || isNewer(previous.stored, shape)) return snapshotOf(current);
    const snapshot = snapshotOf(previous);
    const { configVersion } = current.stored;
    options.warn('The configuration in force is newer than this code; the one before it is used', {
      configVersion,
      known: shape.version,
      version: snapshot.version,
    });
    options.refreshFailed?.();
    return snapshot;
  }

  const readPrevious = () =>
    readSecret({ VersionStage: PREVIOUS }).catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    });

  const snapshotOf = ({ stored, versionId }: Awaited<ReturnType<typeof readSecret>>): ConfigSnapshot => ({
    values: effective(migrateConfig(stored, shape)),
    version: versionId,
  });

  const fetchOnce = (wanted: string | undefined) =>
    (pending ??= fetchSecret(wanted).finally(() => (pending = undefined)));

  return {
    current(wanted) {
      if (!held || stale || now() - held.fetchedAt >= cacheMs) return fetchOnce(wanted);
      const isWanted = held.wanted === wanted || held.snapshot.version === wanted;
      return isWanted ? Promise.resolve(held.snapshot) : fetchOnce(wanted);
    },
    prefetch() {
      // `current` tries again, and reports the failure.
      if (!held) fetchOnce(undefined).catch(() => {});
    },
    invalidate() {
      if (now() - invalidatedAt < INVALIDATE_PAUSE_MS) return;
      invalidatedAt = now();
      stale = true;
    },
    async reading(versionId) {
      const { stored } = await readSecret({ VersionId: versionId });
      return { stored, document: migrateConfig(stored, shape) };
    },
    effective,
    overrides,
  };
}
