import { ConfigError } from './config-error.ts';
import type { HealthReport } from '../contract/health.ts';
import type { PluginDefinition, PluginEnvironment, PluginManifest } from '../contract/plugin.ts';
import { isJsonObject } from '../json-object.ts';
import { withChanges } from './config-changes.ts';
import { createHooks, type Loadable } from './hooks.ts';
import { createUsers, type Lease } from './lease.ts';
import { bounded, PluginLoadError } from './plugin-load-error.ts';
import { redactValues } from '../redact.ts';
import { secretTexts } from '../schema/secret-texts.ts';
import { validate } from '../schema/validate.ts';

type PluginMetadata = Pick<PluginManifest, 'name' | 'version' | 'description' | 'author'>;

/** A plugin instance in this process. */
export interface Plugin<C = unknown, S = unknown> {
  readonly metadata: PluginMetadata;
  /**
   * Checks the configuration and builds the services. Of a plugin that is loaded the new ones get `onLoad` and take the
   * place of the old, which get `onUnload` once no invocation uses them; the old stay in force when any of that fails.
   */
  initialize(config: unknown): Promise<void>;
  onLoad(): Promise<void>;
  /** Calls `onUnload`, once, for all services that got `onLoad`; failures are logged. */
  onUnload(limits?: UnloadLimits): Promise<void>;
  health(): Promise<HealthReport>;
  /** The configuration in force, frozen. @throws PluginLoadError before the first `initialize` */
  getConfig(): C;
  /**
   * Initializes again with these members changed, in this process only: objects are merged member by member, everything
   * else, lists and `null` too, is set, and a member that is `undefined` is removed.
   */
  updateConfig(partial: unknown): Promise<void>;
  /** What `initialize` built. @throws PluginLoadError before the first `initialize` */
  services(): S;
  /** The same for one invocation; services with an open lease are not unloaded. */
  lease(): Lease<S>;
}

/** How long taking a plugin down may take. */
export interface UnloadLimits {
  /** Wait for invocations that still use the services. */
  readonly drainMs?: number;
  /** For `onUnload` after that. */
  readonly timeoutMs?: number;
}

interface PluginOptions {
  readonly environment: PluginEnvironment;
  /** How long `initialize`, `onLoad` and `onUnload` may take. */
  readonly timeoutMs?: number;
  /** Called when `onUnload` fails. */
  readonly unloadFailed?: (error: unknown) => void;
}

/** No invocation lasts longer: Lambda's own limit. */
const DRAIN_MS = 900_000;

/** What one `initialize` built, and what it was built from. */
interface Instance<C, S> extends Loadable<S> {
  readonly raw: unknown;
  readonly config: C;
}

/** Creates the plugin instance of a definition. */
export function createPlugin<M extends PluginManifest, C, S>(
  definition: PluginDefinition<M, C, S>,
  { environment, timeoutMs = 5000, unloadFailed = () => {} }: PluginOptions,
): Plugin<C, S> {
  const { name, version, description, author } = definition.manifest;
  let current: Instance<C, S> | undefined;
  const limit = (step: string, ms = timeoutMs) => ({ plugin: name, step, timeoutMs: ms });
  const hooks = createHooks<S>(definition, { limit, unloadFailed });
  const inForce = () => {
    if (!current) throw new PluginLoadError(name, 'is not initialized');
    return current;
  };

  async function initialize(raw: unknown): Promise<void> {
    // Before anything else sees them: what is thrown from here on may quote them.
    redactValues(secretTexts(definition.config, raw));
    const checked = validate(definition.config, raw);
    if (!checked.ok) throw new ConfigError(name, checked.faults);
    const config = deepFreeze(checked.value);
    const services = await bounded(
      (async () => definition.initialize(config, environment))(),
      limit('initialize'),
    );
    const next = { raw, config, services, users: createUsers(), isLoaded: false };
    const old = current;
    if (old?.isLoaded) await hooks.load(next);
    current = next;
    if (old) void hooks.retire(old, { drainMs: DRAIN_MS });
  }

  return {
    metadata: { name, version, description, author },
    initialize,
    onLoad: async () => hooks.load(inForce()),
    async onUnload({ drainMs = DRAIN_MS, ...limits } = {}) {
      const all = [...hooks.retiring, ...(current ? [current] : [])];
      current = undefined;
      await Promise.all(all.map((instance) => hooks.retire(instance, { drainMs, ...limits })));
    },
    async health() {
      return (await definition.health?.(inForce().services)) ?? { status: 'healthy' };
    },
    getConfig: () => inForce().config,
    updateConfig: async (partial) => initialize(withChanges(inForce().raw, partial)),
    services: () => inForce().services,
    lease() {
      const { users, services } = inForce();
      return users.enter(services);
    },
  };
}

/** Objects are merged member by member; everything else, lists too, is replaced. */
export function deepMerge(base: unknown, patch: unknown): unknown {
  if (!isJsonObject(base) || !isJsonObject(patch)) return patch;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value !== undefined) merged[key] = deepMerge(merged[key], value);
  }
  return merged;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
