import { formatErrors } from '#infra/manifest/format.ts';
import { loadManifests } from '#infra/manifest/load.ts';
import type { LoadedPlugin, ManifestError, ManifestSet } from '#infra/manifest/types.ts';
import { errorLine } from '../../../functions/platform/data.ts';
import { unknownPlugin } from '../api-client.ts';
import { CommandError } from '../command-error.ts';

/** The plugins of the project in a folder. @throws CommandError where there is no project */
export function manifestsOf(rootDir: string): ManifestSet {
  const set = loadManifests(rootDir);
  const noProject = set.errors.find(({ file }) => file === 'plugins');
  if (noProject) {
    throw new CommandError('no-project', `there are no plugins in ${rootDir}`, {
      fix: 'run this in the root folder of the project',
    });
  }
  return set;
}

/** The names of all plugins, broken ones among them. */
export const namesIn = ({ plugins, broken }: ManifestSet): readonly string[] =>
  [...new Set([...plugins.map(({ manifest }) => manifest.name), ...broken.map(({ name }) => name)])].sort();

/** A plugin whose manifest is valid. @throws CommandError with its errors, or with the nearest name */
export function pluginNamed(set: ManifestSet, name: string): LoadedPlugin {
  const found = set.plugins.find(({ manifest }) => manifest.name === name);
  if (found) return found;
  const broken = set.broken.find((plugin) => plugin.name === name);
  throw broken ? brokenPlugin(name, broken.errors) : unknownPlugin(name, namesIn(set));
}

/** The error for a plugin that cannot be built as it stands. */
export function brokenPlugin(name: string, errors: readonly ManifestError[]): CommandError {
  return new CommandError('plugin-broken', `the plugin "${name}" has ${errors.length} errors`, {
    fix: 'correct them; npm run validate shows them with their places',
    reasons: errors.length > 0 ? errors.map(errorLine) : [formatErrors(errors, { color: false })],
  });
}
