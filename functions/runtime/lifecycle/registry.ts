import type { Plugin } from './plugin-instance.ts';

/** The plugin instances of this process, by name. */
export interface PluginRegistry {
  /** @throws Error when the name is taken */
  register(plugin: Plugin): void;
  /** Whether there was such a plugin. */
  unregister(name: string): boolean;
  get(name: string): Plugin | undefined;
  list(): readonly Plugin[];
}

export function createPluginRegistry(): PluginRegistry {
  const plugins = new Map<string, Plugin>();
  return {
    register(plugin) {
      const { name } = plugin.metadata;
      if (plugins.has(name)) throw new Error(`Plugin "${name}" is registered already`);
      plugins.set(name, plugin);
    },
    unregister: (name) => plugins.delete(name),
    get: (name) => plugins.get(name),
    list: () => [...plugins.values()],
  };
}
