import type { ConfigSource } from './config.ts';
import type { Log } from '../contract/log.ts';
import type { Lease } from './lease.ts';
import { PluginLoadError, type PluginLoader } from './loader.ts';
import type { Plugin } from './plugin-instance.ts';
import type { PluginRegistry } from './registry.ts';
import { placeField } from '../telemetry/thrown-at.ts';

/** One plugin in this execution environment, from its first configuration to the end of the environment. */
export interface Lifecycle {
  /**
   * The services of the initialized plugin, for one invocation, which releases them when it ends. Initializes at the
   * first call, after a failure, and when the configuration has changed.
   * @throws PluginLoadError naming the plugin, as long as it has never started
   */
  ready(configVersionId: string | undefined): Promise<Lease>;
  /** Starts reading the configuration where none was read yet. */
  prefetch(): void;
  /** The plugin once it is loaded. */
  plugin(): Plugin | undefined;
  /** At the end of the environment: calls `onUnload`, after at most 200 ms for invocations that still run. */
  end(): Promise<void>;
}

interface LifecycleOptions {
  readonly name: string;
  readonly loader: PluginLoader;
  readonly registry: PluginRegistry;
  readonly config: Pick<ConfigSource, 'current' | 'prefetch'>;
  readonly log: Log;
  /** The plugin's folder where the stage has source maps. */
  readonly sourceFolder?: string | undefined;
  /** Called with the duration of `initialize` and `onLoad`. */
  readonly loaded?: (durationMs: number) => void;
  readonly now?: () => number;
}

const RETRY_NEW_CONFIG_MS = 30_000;
/** Lambda leaves less than half a second between SIGTERM and the end. */
const END_DRAIN_MS = 200;

export function createLifecycle({
  name,
  loader,
  registry,
  config,
  log,
  sourceFolder,
  loaded,
  now = Date.now,
}: LifecycleOptions): Lifecycle {
  let attempt: { readonly version: string; readonly done: Promise<unknown>; retryAt: number } | undefined;

  /** Starts are serialized: of two configurations the later one must win, also when it initializes faster. */
  async function start(values: unknown, before: Promise<unknown> | undefined): Promise<void> {
    await before?.catch(() => {});
    const startedAt = performance.now();
    await loader.loadPlugin(name, values);
    loaded?.(performance.now() - startedAt);
  }

  async function currentConfig(configVersionId: string | undefined) {
    try {
      return await config.current(configVersionId);
    } catch (error) {
      throw new PluginLoadError(name, 'its configuration cannot be read', error);
    }
  }

  return {
    async ready(configVersionId) {
      const snapshot = await currentConfig(configVersionId);
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
          log.warn('The new configuration does not work; the old one stays in force', {
            error: String(error),
            ...placeField(error, sourceFolder),
          });
        }
        return running.lease();
      }
      const plugin = registry.get(name);
      if (!plugin) throw new PluginLoadError(name, 'is being taken down');
      return plugin.lease();
    },
    prefetch: () => config.prefetch(),
    plugin: () => registry.get(name),
    end: () => loader.unloadPlugin(name, END_DRAIN_MS),
  };
}
