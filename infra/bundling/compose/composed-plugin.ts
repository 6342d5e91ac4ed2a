import type { LoadedPlugin } from '#infra/manifest/types.ts';
import type { PluginDescription } from './types.ts';

/** A plugin's manifest together with what its code says. */
export interface ComposedPlugin extends LoadedPlugin {
  readonly description: PluginDescription;
}
