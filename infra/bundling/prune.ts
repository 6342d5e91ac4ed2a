import { existsSync, realpathSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Plugin } from 'esbuild';
import { packageFolder } from './package-folder.ts';

/** Where SDK packages that consist of one module per resource put them, ESM first. */
const LAYOUTS = ['esm/resources', 'dist/esm/resources', 'lib/resources', 'resources'] as const;
const EXPORTED = /^export (?:class|const|let|function) (\w+)/gm;

interface PrunedPackage {
  readonly folder: string;
  readonly keeps: (resource: string) => boolean;
}

async function resourcesOf(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith('.js'))
    .map((file) => file.slice(0, -3).split(sep).join('/'))
    .sort();
}

/** @throws Error naming the package or resource of `build.keep` that does not exist. */
async function prunedPackage(name: string, kept: readonly string[], from: string): Promise<PrunedPackage> {
  const root = packageFolder(name, from);
  if (!root) throw new Error(`build.keep names the package "${name}", which is not installed`);
  const layout = LAYOUTS.find((candidate) => existsSync(join(root, candidate)));
  if (!layout) {
    throw new Error(`build.keep cannot prune "${name}": it has none of ${LAYOUTS.join(', ')}`);
  }
  // As the compiler names its files, also where the packages are linked.
  const folder = realpathSync(join(root, layout));
  const known = await resourcesOf(folder);
  for (const resource of kept) {
    if (known.includes(resource)) continue;
    const near = known.filter((candidate) => candidate.toLowerCase().includes(resource.toLowerCase()));
    const hint = near.length > 0 ? `; did you mean ${near.slice(0, 3).join(', ')}?` : '';
    throw new Error(`build.keep.${name} names "${resource}", which is not in ${name}/${layout}${hint}`);
  }
  // The index of a folder only wires up its resources: it stays when one of them does.
  const keeps = (resource: string): boolean =>
    kept.includes(resource) ||
    (resource.endsWith('/index') && kept.some((one) => one.startsWith(resource.slice(0, -'index'.length))));
  return { folder, keeps };
}

async function stubOf(path: string): Promise<string> {
  const names = [...(await readFile(path, 'utf8')).matchAll(EXPORTED)].map((match) => match[1]);
  return names.map((name) => `export class ${name} {}`).join('\n');
}

/**
 * Replaces the resources of an SDK package that `build.keep` does not list by empty stubs of the same exported names,
 * so that they are neither shipped nor evaluated at init.
 */
export function prunePlugin(keep: Readonly<Record<string, readonly string[]>>, from: string): Plugin {
  return {
    name: 'prune',
    async setup(build) {
      const packages = await Promise.all(
        Object.entries(keep).map(([name, kept]) => prunedPackage(name, kept, from)),
      );
      // Kept, because every rebuild of a watcher loads them again.
      const stubs = new Map<string, Promise<string>>();
      for (const { folder, keeps } of packages) {
        build.onLoad({ filter: /resources[\\/].*\.js$/ }, async ({ path }) => {
          if (!path.startsWith(folder + sep)) return undefined;
          const resource = relative(folder, path).slice(0, -3).split(sep).join('/');
          if (keeps(resource)) return undefined;
          const known = stubs.get(path) ?? stubOf(path);
          stubs.set(path, known);
          return { contents: await known, loader: 'js' };
        });
      }
    },
  };
}
