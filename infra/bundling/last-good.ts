import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestError } from '#infra/manifest/types.ts';
import type { CheckedPlugin, CheckedPlugins } from './check.ts';

/** A plugin as it is served: its current code, or its last good build. */
export interface ServedPlugin extends CheckedPlugin {
  /** The errors of its current code, when the last good build is served. */
  readonly failing?: readonly ManifestError[];
}

const fileIn = (outDir: string): string => join(outDir, 'last-good.json');

/** The plugins of the synth before this one into the same folder, by name. */
function readLastGood(outDir: string): Readonly<Record<string, CheckedPlugin>> {
  const file = fileIn(outDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, CheckedPlugin>) : {};
}

/** Plugins that have errors now and whose folder still exists: their last good build is served. */
export function lastGoodOf(
  { broken }: CheckedPlugins,
  rootDir: string,
  outDir: string,
): readonly ServedPlugin[] {
  const before = readLastGood(outDir);
  return broken.flatMap(({ name, file, errors }): ServedPlugin[] => {
    const last = before[name];
    if (last?.file !== file || !existsSync(join(rootDir, file)) || !existsSync(last.bundle.dir)) return [];
    // Builds that have not been used for long are removed.
    utimesSync(last.bundle.dir, new Date(), new Date());
    return [{ ...last, failing: errors }];
  });
}

/** Keeps what is served for the next synth into this folder. */
export function keepLastGood(outDir: string, served: readonly ServedPlugin[]): void {
  const entries = served.map(({ failing: _failing, ...plugin }) => [plugin.manifest.name, plugin] as const);
  writeFileSync(fileIn(outDir), JSON.stringify(Object.fromEntries(entries)));
}
