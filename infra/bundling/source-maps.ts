import { realpathSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onlySources } from './source-map-segments.ts';

/** What source maps of a plugin's bundle need to know; only bundles for this machine have any. */
export interface SourceMaps {
  /** Absolute. */
  readonly rootDir: string;
  /** The plugin's folder relative to `rootDir`. */
  readonly pluginRoot: string;
}

const EMPTY = { version: 3, sources: [], names: [], mappings: '' };

const PACKAGES = `${sep}node_modules${sep}`;

interface RawMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/**
 * A map whose sources are paths in the project, as URLs: `file:///plugins/shop/plugin.ts`. Maps are copied with their
 * bundle, so paths relative to the map would lead nowhere, and absolute ones would differ from machine to machine.
 * Packages are left out, and the map is empty where nothing of the plugin is in the code: reading the maps of packages
 * would only cost time, in every process whose code looks at a stack trace, as Stripe's SDK does at each call.
 *
 * @param file absolute path where the compiler would have written the map
 */
export function projectSourceMap(text: string, file: string, { rootDir, pluginRoot }: SourceMaps): string {
  const map = JSON.parse(text) as RawMap;
  const pluginDir = resolve(rootDir, pluginRoot);
  // The compiler follows the links of packages that npm has linked.
  const realDir = realpathSync(pluginDir);
  const paths = map.sources.map((source) => {
    const path = resolve(dirname(file), source);
    return path.startsWith(realDir + sep) ? resolve(pluginDir, relative(realDir, path)) : path;
  });
  if (!paths.some((path) => path.startsWith(pluginDir + sep))) return JSON.stringify(EMPTY);
  const sources = paths.map((path) => pathToFileURL(`/${relative(rootDir, path)}`).href);
  const isOwn = (source: number) => !paths[source]?.includes(PACKAGES);
  return JSON.stringify({ ...map, sources, mappings: onlySources(map.mappings, isOwn) });
}
