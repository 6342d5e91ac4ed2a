import { join } from 'node:path';
import type { ManifestInput } from '#infra/manifest/schema.ts';
import { manifestIn, pluginFolders } from './project.ts';

/** The plugins of a project, as their manifests are now. */
export type Manifests = () => readonly ManifestInput[];

/** Reads the manifests of a project; those that are not JSON are left out. */
export const manifestsOf =
  (projectDir: string): Manifests =>
  () =>
    [...pluginFolders(projectDir).values()].flatMap(
      (folder) => manifestIn(join(projectDir, folder, 'plugin.json')) ?? [],
    );

/** @throws Error that lists the plugins, when there is none of this name */
export function manifestNamed(name: string, manifests: Manifests): ManifestInput {
  const all = manifests();
  const found = all.find((manifest) => manifest.name === name);
  if (found) return found;
  throw new Error(`there is no plugin "${name}"; there are: ${all.map((one) => one.name).join(', ')}`);
}

/** Takes `plugin/name` apart. @throws Error for another form */
export function splitName(text: string, what: string): readonly [plugin: string, name: string] {
  const [plugin, name, ...more] = text.split('/');
  if (plugin && name && more.length === 0) return [plugin, name];
  throw new Error(`"${text}" must be <plugin>/<${what}>`);
}
