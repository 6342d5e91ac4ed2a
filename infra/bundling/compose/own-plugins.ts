import { loadManifests } from '#infra/manifest/load.ts';
import { platformRoot } from '../platform-imports.ts';
import type { ComposedPlugin } from './composed-plugin.ts';
import { describePlugins } from './describe-plugins.ts';
import type { PlatformDescription } from './types.ts';

/** The plugins of this repository with what their code says. @throws Error with what is wrong with one */
export async function ownPlugins(): Promise<{
  readonly plugins: readonly ComposedPlugin[];
  readonly platform: PlatformDescription;
}> {
  const { plugins } = loadManifests(platformRoot, { stage: 'local' });
  const { described, failed, platform } = await describePlugins(platformRoot, plugins, { timeoutMs: 30_000 });
  const [broken] = Object.entries(failed);
  if (broken) throw new Error(`${broken[0]}: ${broken[1].message}`);
  const composed = plugins.flatMap((plugin) => {
    const description = described[plugin.manifest.name]?.description;
    return description ? [{ ...plugin, description }] : [];
  });
  return { plugins: composed, platform };
}
