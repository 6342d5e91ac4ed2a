import type { ComposedPlugin } from './composed-plugin.ts';
import type { DescribedConfig } from './types.ts';

/** What the config function knows of the configuration of each plugin that declares one; it loads no plugin code. */
export function configsOf(
  plugins: readonly ComposedPlugin[],
): Readonly<Record<string, DescribedConfig & { readonly version: number }>> {
  return Object.fromEntries(
    plugins.flatMap(({ manifest: { name, config }, description }) =>
      config && description.config
        ? [[name, { version: config.version, ...description.config }] as const]
        : [],
    ),
  );
}
