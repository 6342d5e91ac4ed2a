import { migrateConfig, type ConfigDocument, type ConfigValues } from './config-document.ts';
import type { Overrides } from './config-overrides.ts';
import { createSecretReader, type SecretReaderOptions } from './config-secret.ts';
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
  /** Why the values that `current` answers are older than what is stored; undefined where they are not. */
  refreshFailure(): unknown;
  /** One version of the secret, in force or not, as it is stored and in the shape that the code knows; never cached. */
  reading(versionId: string): Promise<{ readonly stored: ConfigDocument; readonly document: ConfigDocument }>;
  /** The values to work with, if this document were in force. */
  effective(document: ConfigDocument): unknown;
  /** What environment variables set. */
  readonly overrides: Overrides;
}

export interface ConfigOptions extends SecretReaderOptions {
  /** Values of the stage that come with the code; the secret's go before them. */
  readonly stageValues?: ConfigValues;
  readonly overrides: Overrides;
  readonly cacheMs?: number;
  readonly now?: () => number;
}

const INVALIDATE_PAUSE_MS = 10_000;

/** The last good values. */
interface Held {
  readonly snapshot: ConfigSnapshot;
  readonly fetchedAt: number;
  /** Versions for which these are the values to work with: the one they are of, and one that this code cannot use. */
  readonly answers: readonly (string | undefined)[];
}

/**
 * Stage file, secret and environment overrides, the later over the earlier, cached; one fetch at a time, and the last
 * good values while fetching fails or the secret is newer than the code.
 */
export function createConfigSource(options: ConfigOptions): ConfigSource {
  const { shape, stageValues = {}, overrides, cacheMs = 300_000, now = Date.now } = options;
  const secret = createSecretReader(options);
  let held: Held | undefined;
  let pending: Promise<ConfigSnapshot> | undefined;
  let invalidatedAt = -Infinity;
  let stale = false;
  let failure: unknown;

  const effective = ({ values }: ConfigDocument): unknown =>
    deepMerge(deepMerge(stageValues, values), overrides.values);

  async function fetchSecret(wanted: string | undefined): Promise<ConfigSnapshot> {
    try {
      const { stored, versionId, inForceId } = await secret.inForce({ mayFallBack: !held });
      const snapshot = { values: effective(migrateConfig(stored, shape)), version: versionId };
      held = { snapshot, fetchedAt: now(), answers: [wanted, versionId, inForceId] };
      stale = false;
      failure = undefined;
      return snapshot;
    } catch (error) {
      if (!held) throw error;
      failure = error;
      options.warn('Configuration could not be refreshed; the last good one stays', { error: String(error) });
      options.refreshFailed?.();
      // The next attempt is 5 seconds away, or every call would wait for Secrets Manager while it is down.
      held = { ...held, fetchedAt: now() - cacheMs + 5000, answers: [wanted, held.snapshot.version] };
      stale = false;
      return held.snapshot;
    }
  }

  const fetchOnce = (wanted: string | undefined) =>
    (pending ??= fetchSecret(wanted).finally(() => (pending = undefined)));

  return {
    current(wanted) {
      if (!held || stale || now() - held.fetchedAt >= cacheMs) return fetchOnce(wanted);
      return held.answers.includes(wanted) ? Promise.resolve(held.snapshot) : fetchOnce(wanted);
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
    refreshFailure: () => failure,
    async reading(versionId) {
      const { stored } = await secret.read({ VersionId: versionId });
      return { stored, document: migrateConfig(stored, shape) };
    },
    effective,
    overrides,
  };
}
