import { ConfigError } from './config-error.ts';
import type { HealthReport } from './contract/health.ts';
import type { PluginDefinition, PluginEnvironment, PluginManifest } from './contract/plugin.ts';
import { bounded, PluginLoadError } from './plugin-load-error.ts';
import { validate } from './validate.ts';

export type PluginMetadata = Pick<PluginManifest, 'name' | 'version' | 'description' | 'author'>;

/** A plugin living in this process. */
export interface Plugin<C = unknown, S = unknown> {
  readonly metadata: PluginMetadata;
  /** Checks the configuration and builds the services; the old ones stay in force when that fails. */
  initialize(config: unknown): Promise<void>;
  onLoad(): Promise<void>;
  onUnload(): Promise<void>;
  health(): Promise<HealthReport>;
  /** The configuration in force, frozen. @throws PluginLoadError before the first `initialize` */
  getConfig(): C;
  /** Initializes again with these members changed, in this process only. */
  updateConfig(partial: unknown): Promise<void>;
  /** What `initialize` built. @throws PluginLoadError before the first `initialize` */
  services(): S;
}

export interface PluginOptions {
  readonly environment: PluginEnvironment;
  /** How long `initialize` and `onLoad` may take. */
  readonly timeoutMs?: number;
}

/** Gives a definition its life in this process. */
export function createPlugin<M extends PluginManifest, C, S>(
  definition: PluginDefinition<M, C, S>,
  { environment, timeoutMs = 5000 }: PluginOptions,
): Plugin<C, S> {
  const { name, version, description, author } = definition.manifest;
  let live: { readonly raw: unknown; readonly config: C; readonly services: S } | undefined;
  const limit = (step: string) => ({ plugin: name, step, timeoutMs });
  const inForce = () => {
    if (!live) throw new PluginLoadError(name, 'is not initialized');
    return live;
  };

  async function initialize(raw: unknown): Promise<void> {
    const checked = validate(definition.config, raw);
    if (!checked.ok) throw new ConfigError(name, checked.faults);
    const config = deepFreeze(checked.value);
    const services = await bounded(
      (async () => definition.initialize(config, environment))(),
      limit('initialize'),
    );
    live = { raw, config, services };
  }

  return {
    metadata: { name, version, description, author },
    initialize,
    async onLoad() {
      await bounded((async () => definition.onLoad?.(inForce().services))(), limit('onLoad'));
    },
    async onUnload() {
      if (live) await definition.onUnload?.(live.services);
      live = undefined;
    },
    async health() {
      return (await definition.health?.(inForce().services)) ?? { status: 'healthy' };
    },
    getConfig: () => inForce().config,
    updateConfig: (partial) => initialize(deepMerge(inForce().raw, partial)),
    services: () => inForce().services,
  };
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects are merged member by member; everything else, lists too, is replaced. */
export function deepMerge(base: unknown, patch: unknown): unknown {
  if (!isPlain(base) || !isPlain(patch)) return patch;
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
