import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { discover, type NamedPackages } from '#infra/manifest/discovery.ts';
import { manifestError } from '#infra/manifest/errors.ts';
import type { HostSettings } from '#infra/manifest/host-settings.ts';
import type { ManifestInput } from '#infra/manifest/schema.ts';
import type { Json } from './client.ts';

/** Root of the platform: this repository, or the installed package. */
export const platformRoot = join(import.meta.dirname, '..');
const parts = [
  'cdk.json',
  'console',
  'events',
  'functions',
  'infra',
  'package.json',
  'testing',
  'tsconfig.json',
];

/** A copy of the project that a test may edit; dependencies are shared with the original. */
export function copyProject(): string {
  const directory = copyParts([...parts, 'plugins']);
  linkPackages(directory, []);
  return directory;
}

/**
 * A project with some plugins only.
 * @param plugins names of plugins of the project, or folders outside of it: a folder with a `package.json` becomes an
 * npm package, any other a folder below `plugins`
 */
export function createProject(plugins: readonly string[]): string {
  const known = pluginFolders(platformRoot);
  const chosen = plugins.map((plugin) => ({ plugin, source: sourceOf(plugin, known) }));
  const directory = copyParts(parts);
  mkdirSync(join(directory, 'plugins'));
  const packages: string[] = [];
  const outside: string[] = [];
  for (const { plugin, source } of chosen) {
    const inside = known.get(plugin);
    if (inside !== undefined) {
      copyFolder(source, join(directory, inside));
      continue;
    }
    outside.push(source);
    const packageName = packageNameOf(source);
    if (packageName !== undefined) packages.push(packageName);
    copyFolder(
      source,
      packageName === undefined
        ? join(directory, 'plugins', basename(source))
        : join(directory, 'node_modules', packageName),
    );
  }
  const names = chosen.map(({ plugin, source }) => manifestIn(join(source, 'plugin.json'))?.name ?? plugin);
  editJson(join(directory, 'package.json'), (document) => {
    document.anineeplus = { ...settingsFor(document.anineeplus, names), plugins: packages };
  });
  linkPackages(directory, outside);
  return directory;
}

/** Rewrites a JSON file of a copied project. */
export function editJson(file: string, edit: (document: Json) => unknown): void {
  const document = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(edit(document) ?? document, null, 2));
}

/** The folders of a project's plugins, relative to its root, by the names in their manifests. */
export function pluginFolders(root: string): ReadonlyMap<string, string> {
  return new Map(
    discover(root, packagesOf(root)).sources.map(({ file, root: folder, label }) => [
      manifestIn(join(root, file))?.name ?? label,
      folder,
    ]),
  );
}

/** The packages that a project names. The schema of all its settings is left to the system: it would bring Zod along. */
function packagesOf(root: string): NamedPackages {
  const file = 'package.json';
  const { anineeplus = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
    readonly anineeplus?: Partial<HostSettings>;
  };
  return {
    settings: { plugins: anineeplus.plugins ?? [] },
    error: (code, { given = '', ...finding }, plugin = file) =>
      manifestError(code, { ...finding, given, plugin, file, line: 1 }),
  };
}

/** A manifest as its author wrote it; undefined for one that is not JSON, which the system reports when it starts. */
export function manifestIn(file: string): ManifestInput | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ManifestInput;
  } catch {
    return undefined;
  }
}

/** @throws Error for a name that no plugin has, and for a folder that is none */
function sourceOf(plugin: string, known: ReadonlyMap<string, string>): string {
  const inside = known.get(plugin);
  if (inside !== undefined) return join(platformRoot, inside);
  const folder = resolve(plugin);
  if (existsSync(join(folder, 'plugin.json'))) return folder;
  throw new Error(
    `"${plugin}" is neither a plugin of the project (${[...known.keys()].sort().join(', ')}) ` +
      `nor a folder with a plugin.json (${folder})`,
  );
}

/** What the project decides about some plugins, by their names: it must not name any that is not there. */
function settingsFor(settings: Partial<HostSettings> = {}, names: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(settings).map(([member, value]) => [
      member,
      Array.isArray(value)
        ? value.filter((name) => names.includes(name))
        : Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name))),
    ]),
  );
}

function packageNameOf(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name : undefined;
}

function copyParts(names: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'anineeplus-project-'));
  for (const part of names) copyFolder(join(platformRoot, part), join(directory, part));
  return directory;
}

/** Without the packages that are installed in it. */
function copyFolder(from: string, to: string): void {
  const isWanted = (path: string) => !['node_modules', '.git'].includes(basename(path)) || path === from;
  cpSync(from, to, { recursive: true, filter: isWanted });
}

/** Makes every package available in a project that the platform finds, then those that other folders find. */
function linkPackages(project: string, others: readonly string[]): void {
  const sources = [platformRoot, ...others].flatMap(packageFoldersOf);
  const modules = join(project, 'node_modules');
  if (sources.length === 1 && !existsSync(modules)) {
    link(sources[0] ?? '', modules);
    return;
  }
  for (const source of sources) linkEntries(source, modules);
}

/** Links what is missing; the packages of a scope one by one, since several folders may have some. */
function linkEntries(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) {
    const [from, to] = [join(source, name), join(target, name)];
    if (name.startsWith('@')) linkEntries(from, to);
    else if (!existsSync(to)) link(from, to);
  }
}

/** Windows lets everybody make a junction, which only folders can be; other links need a privilege. */
function link(from: string, to: string): void {
  if (statSync(from).isDirectory()) symlinkSync(from, to, 'junction');
  else copyFileSync(from, to);
}

/** Where Node.js looks for packages from a folder on, the nearest first. */
function packageFoldersOf(folder: string): readonly string[] {
  const parent = dirname(folder);
  const here = basename(folder) === 'node_modules' ? folder : join(folder, 'node_modules');
  const above = parent === folder ? [] : packageFoldersOf(parent);
  return existsSync(here) ? [here, ...above] : above;
}

export function removeProject(project: string): void {
  rmSync(project, { recursive: true, force: true });
}
