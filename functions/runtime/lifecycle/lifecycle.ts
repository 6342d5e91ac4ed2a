import type { ConfigSource } from './config.ts';
import { changesBetween } from './config-changes.ts';
import type { Log } from '../contract/log.ts';
import type { Loan } from './lease.ts';
import { PluginLoadError, type PluginLoader } from './loader.ts';
import type { Plugin } from './plugin-instance.ts';
import type { PluginRegistry } from './registry.ts';
import { placeField } from '../telemetry/thrown-at.ts';

/** One plugin in this execution environment, from its first configuration to the end of the environment. */
export interface Lifecycle {
  /**
   * The services and the configuration of the initialized plugin, for one invocation, which releases them when it ends.
   * Loads the plugin at the first call and after a failure, and hands it a configuration that has changed.
   * @throws PluginLoadError naming the plugin, as long as it has never started
   */
  ready(configVersionId: string | undefined): Promise<Loan>;
  /** Starts reading the configuration where none was read yet. */
  prefetch(): void;
  /** The plugin once it is loaded. */
  plugin(): Plugin | undefined;
  /** Why the plugin works with an older configuration than the stored one; undefined where it does not. */
  staleBecause(): unknown;
  /** At the end of the environment: unloads what is loaded, after at most 200 ms for invocations that still run. */
  end(): Promise<void>;
}

interface LifecycleOptions {
  /** Discovers the one plugin of this environment. */
  readonly loader: PluginLoader;
  readonly registry: PluginRegistry;
  readonly config: Pick<ConfigSource, 'current' | 'prefetch' | 'refreshFailure'>;
  readonly log: Log;
  /** The plugin's folder where the stage has source maps. */
  readonly sourceFolder?: string | undefined;
  /** Called with the duration of `initialize` and `onLoad`. */
  readonly loaded?: (durationMs: number) => void;
  readonly now?: () => number;
}

const RETRY_NEW_CONFIG_MS = 30_000;
/** Lambda leaves half a second between SIGTERM and the end. */
const END_LIMITS = { drainMs: 200, timeoutMs: 200 } as const;

/** A start of the plugin with one configuration. */
interface Attempt {
  readonly version: string;
  readonly done: Promise<unknown>;
  retryAt: number;
  /** Why it failed, where a plugin runs on. */
  failure?: unknown;
}

export function createLifecycle({
  loader,
  registry,
  config,
  log,
  sourceFolder,
  loaded,
  now = Date.now,
}: LifecycleOptions): Lifecycle {
  const [name = 'none'] = loader.discoverPlugins();
  /** Values that the loaded plugin was initialized with. */
  let inForce: unknown;
  let attempt: Attempt | undefined;

  /** Starts are serialized: of two configurations the later one must win, also when it initializes faster. */
  async function start(values: unknown, before: Promise<unknown> | undefined): Promise<void> {
    await before?.catch(() => {});
    const startedAt = performance.now();
    const running = registry.get(name);
    if (running) await running.updateConfig(changesBetween(inForce, values));
    else await loader.loadPlugin(name, values);
    inForce = values;
    loaded?.(performance.now() - startedAt);
  }

  return {
    async ready(configVersionId) {
      const snapshot = await currentConfig(name, config, configVersionId);
      if (!attempt || attempt.version !== snapshot.version || now() >= attempt.retryAt) {
        attempt = {
          version: snapshot.version,
          done: start(snapshot.values, attempt?.done),
          retryAt: Infinity,
        };
      }
      const mine = attempt;
      try {
        await mine.done;
      } catch (error) {
        const running = registry.get(name);
        if (!running) {
          if (attempt === mine) attempt = undefined;
          throw error;
        }
        // A configuration that fails must not take down the running plugin; it is tried again 30 seconds later.
        if (mine.retryAt === Infinity) {
          mine.retryAt = now() + RETRY_NEW_CONFIG_MS;
          mine.failure = error;
          log.count('plugin.config.refresh.errors');
          log.warn('The new configuration does not work; the old one stays in force', {
            error: String(error),
            ...placeField(error, sourceFolder),
          });
        }
        return lend(running);
      }
      const plugin = registry.get(name);
      if (!plugin) throw new PluginLoadError(name, 'is being taken down');
      return lend(plugin);
    },
    prefetch: () => config.prefetch(),
    plugin: () => registry.get(name),
    staleBecause: () => config.refreshFailure() ?? attempt?.failure,
    async end() {
      await Promise.all(
        registry.list().map(({ metadata }) => loader.unloadPlugin(metadata.name, END_LIMITS)),
      );
    },
  };
}

async function currentConfig(
  name: string,
  config: Pick<ConfigSource, 'current'>,
  versionId: string | undefined,
) {
  try {
    return await config.current(versionId);
  } catch (error) {
    throw new PluginLoadError(name, 'its configuration cannot be read', error);
  }
}

/** Both are of the same `initialize`: a configuration that changes meanwhile is for the next invocation. */
function lend(plugin: Plugin): Loan {
  return { ...plugin.lease(), config: plugin.getConfig() };
}
