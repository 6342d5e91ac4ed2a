import type { PluginDefinition, PluginEnvironment, PluginManifest } from '../contract/plugin.ts';
import { createPlugin, type Plugin, type UnloadLimits } from './plugin-instance.ts';
import { PluginLoadError } from './plugin-load-error.ts';
import type { PluginRegistry } from './registry.ts';

export { PluginLoadError } from './plugin-load-error.ts';

/** Any plugin's definition, where its own types do not matter. */
export type AnyPluginDefinition<S = unknown> = PluginDefinition<PluginManifest, unknown, S>;

/** Loads plugins into this process and unloads them. */
export interface PluginLoader {
  /** Names of the plugins that this process has the code of; an execution environment loads these. */
  discoverPlugins(): readonly string[];
  /**
   * Initializes a plugin, calls its `onLoad` and registers it.
   * @throws PluginLoadError with the plugin's name and the cause, or when it is loaded already
   */
  loadPlugin(name: string, config: unknown): Promise<Plugin>;
  /** Unregisters and calls `onUnload`, see {@link Plugin.onUnload}; does nothing for a plugin that is not loaded. */
  unloadPlugin(name: string, limits?: UnloadLimits): Promise<void>;
}

interface LoaderOptions {
  readonly definitions: readonly AnyPluginDefinition[];
  readonly registry: PluginRegistry;
  readonly environment: PluginEnvironment;
  readonly timeoutMs?: number;
  readonly unloadFailed?: (plugin: string, error: unknown) => void;
}

export function createPluginLoader({
  definitions,
  registry,
  environment,
  timeoutMs = 5000,
  unloadFailed,
}: LoaderOptions): PluginLoader {
  const byName = new Map(definitions.map((definition) => [definition.manifest.name, definition]));
  return {
    discoverPlugins: () => [...byName.keys()],
    async loadPlugin(name, config) {
      const definition = byName.get(name);
      if (!definition) throw new PluginLoadError(name, 'is not known here');
      if (registry.get(name)) throw new PluginLoadError(name, 'is loaded already');
      const plugin = createPlugin(definition, {
        environment,
        timeoutMs,
        unloadFailed: (error) => unloadFailed?.(name, error),
      });
      try {
        await plugin.initialize(config);
        await plugin.onLoad();
      } catch (error) {
        if (error instanceof PluginLoadError) throw error;
        throw new PluginLoadError(name, 'could not start', error);
      }
      registry.register(plugin);
      return plugin;
    },
    async unloadPlugin(name, limits) {
      const plugin = registry.get(name);
      if (!plugin) return;
      registry.unregister(name);
      await plugin.onUnload(limits);
    },
  };
}
