import { type Dirent, existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { parseDocument, valueAt } from './document.ts';
import { manifestError, shown } from './errors.ts';
import type { ManifestError } from './types.ts';

export interface ManifestSource {
  /** POSIX path of the manifest, relative to the root directory. */
  readonly file: string;
  readonly root: string;
  /** Names the plugin while its own name is unreadable. */
  readonly label: string;
  /** Whether it is an npm package, not a folder of the project. */
  readonly packaged: boolean;
}

interface Discovery {
  readonly sources: readonly ManifestSource[];
  readonly errors: readonly ManifestError[];
}

/** Finds every plugin.json below `plugins`, and the npm packages that package.json names under `anineeplus.plugins`. */
export function discover(rootDir: string): Discovery {
  const packages = fromPackages(rootDir);
  const folder = fromFolder(rootDir, packages.sources.length === 0);
  return {
    sources: [...folder.sources, ...packages.sources],
    errors: [...folder.errors, ...packages.errors],
  };
}

function fromFolder(rootDir: string, required: boolean): Discovery {
  const folder = join(rootDir, 'plugins');
  if (!required && !existsSync(folder)) return { sources: [], errors: [] };
  try {
    const files = findManifests(folder).sort();
    return { sources: files.map((file) => sourceOf(rootDir, file, false)), errors: [] };
  } catch (error) {
    const given = error instanceof Error ? error.message : String(error);
    const fix = 'Run this in the root folder of the project, or create plugins/.';
    return { sources: [], errors: [unreadable('plugins', 'plugins', { given, fix })] };
  }
}

function findManifests(folder: string): string[] {
  const skipped = (entry: Dirent) => entry.name === 'node_modules' || entry.name.startsWith('.');
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped(entry) ? [] : findManifests(path);
    return entry.name === 'plugin.json' ? [path] : [];
  });
}

function fromPackages(rootDir: string): Discovery {
  const file = join(rootDir, 'package.json');
  if (!existsSync(file)) return { sources: [], errors: [] };
  const document = parseDocument(readFileSync(file, 'utf8'));
  const listed = valueAt(document.value, ['anineeplus', 'plugins']) ?? [];
  const names: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
  const sources: ManifestSource[] = [];
  const errors: ManifestError[] = [];
  for (const [index, name] of names.entries()) {
    const path = ['anineeplus', 'plugins', index];
    const manifest = typeof name === 'string' ? findInstalled(rootDir, name) : undefined;
    if (manifest !== undefined) {
      sources.push({ ...sourceOf(rootDir, manifest, true), label: String(name) });
      continue;
    }
    const fix = 'Install the package, or take it out of anineeplus.plugins.';
    errors.push(
      unreadable(String(name), 'package.json', {
        given: shown(name),
        fix,
        path,
        line: document.lineOf(path),
      }),
    );
  }
  return { sources, errors };
}

/** Looks in node_modules of the root directory and of its parents, as Node.js does. */
function findInstalled(rootDir: string, name: string): string | undefined {
  const file = join(rootDir, 'node_modules', name, 'plugin.json');
  if (existsSync(file)) return file;
  const parent = dirname(rootDir);
  return parent === rootDir ? undefined : findInstalled(parent, name);
}

/** @param path of a manifest, absolute */
export function sourceOf(rootDir: string, path: string, packaged: boolean): ManifestSource {
  const file = relative(rootDir, path).split(sep).join('/');
  const root = dirname(file);
  return { file, root, label: root.split('/').at(-1) ?? root, packaged };
}

interface Unreadable {
  readonly given: string;
  readonly fix: string;
  readonly path?: readonly (string | number)[];
  readonly line?: number;
}

function unreadable(plugin: string, file: string, { given, fix, path = [], line = 1 }: Unreadable) {
  const allowed = file === 'plugins' ? 'a readable folder' : 'an installed npm package with a plugin.json';
  return manifestError('PLG001', { plugin, file, line, path, given, allowed, fix });
}
