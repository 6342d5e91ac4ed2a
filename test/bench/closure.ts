import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { bundle } from '#infra/bundling/bundle.ts';
import { platformBundles } from '#infra/bundling/platform-bundle.ts';
import { platformRoot } from '#infra/bundling/platform-imports.ts';
import { staticClosure } from '#infra/bundling/report.ts';
import { loadManifests } from '#infra/manifest/load.ts';

/** What one entry loads at init; what only a dynamic import reaches does not count. */
export interface Closure {
  /** Source files of which something is left, relative to the root of the project, sorted. */
  readonly modules: readonly string[];
  /** Of the minified output. */
  readonly bytes: number;
  /** npm packages of the modules, sorted. */
  readonly packages: readonly string[];
}

/** @param entry source file of the entry, as the metafile has it @throws Error when it is no entry of the bundle */
export function closureOf({ outputs }: Metafile, entry: string): Closure {
  const first = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === entry);
  if (first === undefined) throw new Error(`"${entry}" is no entry of this bundle`);
  const files = staticClosure(first, { outputs });
  const modules = files.flatMap((file) =>
    Object.entries(outputs[file]?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [input] : [],
    ),
  );
  return {
    modules: [...new Set(modules)].sort(),
    bytes: files.reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0),
    packages: [...new Set(modules.flatMap((module) => packageOf(module) ?? []))].sort(),
  };
}

const packageOf = (module: string): string | undefined =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(module)?.[1];

/** The closure of every function of this project, by its plugin and entry: `payment/functions/api`. */
export async function projectClosures(workDir: string): Promise<Readonly<Record<string, Closure>>> {
  const plugins = loadManifests(platformRoot, { stage: 'local' }).plugins.map(({ manifest, root }) => ({
    name: manifest.name,
    root: join(platformRoot, root),
    entries: [...new Set(Object.values(manifest.functions).map(({ entry }) => entry))],
    keep: manifest.build.keep,
  }));
  const found: [string, Closure][] = [];
  for (const request of [...plugins, ...platformBundles]) {
    const { metafile } = await bundle({ ...request, outDir: join(workDir, request.name) });
    for (const entry of request.entries) {
      const file = join(request.root, entry).slice(platformRoot.length);
      found.push([`${request.name}/${entry.replace(/\.ts$/, '')}`, closureOf(metafile, file)]);
    }
  }
  return Object.fromEntries(found);
}
