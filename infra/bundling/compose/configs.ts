import type { ComposedPlugin } from './composed-plugin.ts';
import { configFunctionOf } from './directory.ts';
import type { DescribedConfig } from './types.ts';

interface PluginConfigData extends DescribedConfig {
  readonly version: number;
  /** Key of the function that checks it. */
  readonly function: string | undefined;
}

/** What the config function knows of the configuration of each plugin that declares one; it loads no plugin code. */
export function configsOf(plugins: readonly ComposedPlugin[]): Readonly<Record<string, PluginConfigData>> {
  return Object.fromEntries(
    plugins.flatMap(({ manifest, description }) => {
      const { name, config } = manifest;
      if (!config || !description.config) return [];
      const data = { version: config.version, function: configFunctionOf(manifest), ...description.config };
      return [[name, data] as const];
    }),
  );
}
