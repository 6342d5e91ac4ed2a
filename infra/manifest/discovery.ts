import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { manifestError, shown } from './errors.ts';
import type { HostSettings, HostSettingsFile } from './host-settings.ts';
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

/** What discovery reads of a project's settings. */
export interface NamedPackages extends Pick<HostSettingsFile, 'error'> {
  readonly settings: Pick<HostSettings, 'plugins'>;
}

/** Finds every plugin.json below `plugins`, and the npm packages that package.json names under `anineeplus.plugins`. */
export function discover(rootDir: string, host: NamedPackages): Discovery {
  const packages = fromPackages(rootDir, host);
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
    const place = { plugin: 'plugins', file: 'plugins', line: 1, path: [] };
    const allowed = 'a readable folder';
    return { sources: [], errors: [manifestError('PLG001', { ...place, given, allowed, fix })] };
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

function fromPackages(rootDir: string, { settings: { plugins: names }, error }: NamedPackages): Discovery {
  const sources: ManifestSource[] = [];
  const errors: ManifestError[] = [];
  for (const [index, name] of names.entries()) {
    const found = names.indexOf(name) < index ? TWICE : findInstalled(rootDir, name);
    if (typeof found === 'string') {
      sources.push({ ...sourceOf(rootDir, found, true), label: name });
      continue;
    }
    const given = `${shown(name)}${found.reason}`;
    const fix = found.fix.replaceAll('%s', name);
    const allowed = 'an installed npm package with a plugin.json';
    errors.push(error('PLG001', { path: ['plugins', index], given, allowed, fix }, name));
  }
  return { sources, errors };
}

/** Why a package is no plugin; `%s` is its name. */
interface Unusable {
  readonly reason: string;
  readonly fix: string;
}

const TWICE: Unusable = { reason: ', which is named before', fix: 'Name it once.' };
const NO_NAME: Unusable = { reason: '', fix: 'Write the name of an npm package.' };
const NOT_INSTALLED: Unusable = {
  reason: ', which is not installed',
  fix: 'Run npm install %s, or take it out of anineeplus.plugins.',
};
const NO_MANIFEST: Unusable = {
  reason: ', a package without a plugin.json',
  fix: 'Install a version of %s that ships its plugin.json, or take it out of anineeplus.plugins.',
};

/** Names that npm takes, so that none leads out of node_modules. */
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** The manifest of a package in node_modules of the root directory or of its parents, as Node.js looks for it. */
function findInstalled(rootDir: string, name: string): string | Unusable {
  if (!PACKAGE_NAME.test(name)) return NO_NAME;
  const folder = join(rootDir, 'node_modules', name);
  if (existsSync(folder)) {
    const file = join(folder, 'plugin.json');
    return existsSync(file) ? file : NO_MANIFEST;
  }
  const parent = dirname(rootDir);
  return parent === rootDir ? NOT_INSTALLED : findInstalled(parent, name);
}

/** @param path of a manifest, absolute */
export function sourceOf(rootDir: string, path: string, packaged: boolean): ManifestSource {
  const file = relative(rootDir, path).split(sep).join('/');
  const root = dirname(file);
  return { file, root, label: root.split('/').at(-1) ?? root, packaged };
}
