import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { $ZodType } from 'zod/v4/core';
import { ConfigError } from './config-error.ts';
import { envNames, unknownVariables } from './env-names.ts';
import { deepMerge } from './plugin-instance.ts';
import { fromText } from '../schema/leaves.ts';

/** The values of a plugin before its schema has seen them, and the version they came from. */
export interface ConfigSnapshot {
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
}

export interface ConfigOptions {
  readonly plugin: string;
  readonly schema: $ZodType;
  /** Name or ARN of the secret; without one there are only defaults and overrides. */
  readonly secretId: string | undefined;
  readonly client: () => SecretsManagerClient;
  readonly envPrefix: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly cacheMs?: number;
  readonly now?: () => number;
}

const INVALIDATE_PAUSE_MS = 10_000;

/** Secret plus environment overrides, cached; one fetch at a time, and the last good values while fetching fails. */
export function createConfigSource(options: ConfigOptions): ConfigSource {
  const { plugin, secretId, client, warn, cacheMs = 300_000, now = Date.now } = options;
  const overrides = readOverrides(options);
  let held: { snapshot: ConfigSnapshot; fetchedAt: number; wanted: string | undefined } | undefined;
  let pending: Promise<ConfigSnapshot> | undefined;
  let invalidatedAt = -Infinity;
  let stale = false;

  async function fetchSecret(wanted: string | undefined): Promise<ConfigSnapshot> {
    try {
      const secret =
        secretId === undefined
          ? { values: {}, version: 'none' }
          : await readSecret(plugin, secretId, client());
      const snapshot = { values: deepMerge(secret.values, overrides), version: secret.version };
      held = { snapshot, fetchedAt: now(), wanted };
      stale = false;
      return snapshot;
    } catch (error) {
      if (!held) throw error;
      warn('Configuration could not be refreshed; the last good one stays', { error: String(error) });
      // The next attempt is 5 seconds away, or every call would wait for Secrets Manager while it is down.
      held = { ...held, fetchedAt: now() - cacheMs + 5000, wanted };
      stale = false;
      return held.snapshot;
    }
  }

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
  };
}

async function readSecret(
  plugin: string,
  secretId: string,
  client: SecretsManagerClient,
): Promise<ConfigSnapshot> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  let document: { values?: unknown };
  try {
    document = JSON.parse(answer.SecretString ?? '') as { values?: unknown };
  } catch {
    // The parser's own message quotes the text, which is secret.
    throw new ConfigError(plugin, [{ path: '', message: 'is not valid JSON' }]);
  }
  return { values: document?.values ?? {}, version: answer.VersionId ?? 'unknown' };
}

/** The overrides that are set, as a nested object; warns of variables that are no member of the schema. */
function readOverrides({ plugin, schema, envPrefix, variables, warn }: ConfigOptions): unknown {
  if (!envPrefix) return {};
  const names = envNames(schema, envPrefix);
  for (const unknown of unknownVariables(names.keys(), envPrefix, variables)) {
    warn('Unknown configuration variable', { plugin, variable: unknown.name, nearest: unknown.nearest });
  }
  let overrides: unknown = {};
  for (const [name, leaf] of names) {
    const text = variables[name];
    if (text === undefined || text === '') continue;
    const nested = leaf.path.reduceRight<unknown>(
      (inner, key) => ({ [key]: inner }),
      fromText(text, leaf.kinds),
    );
    overrides = deepMerge(overrides, nested);
  }
  return overrides;
}
