import { randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Prepared } from './bundling/prepare.ts';
import { portable, sha } from './bundling/file-hash.ts';
import { platformRoot } from './bundling/platform-imports.ts';
import { fileHash, folderHash, projectHash } from './bundling/project-hash.ts';
import { VARIABLE_NAMES } from './bundling/compose/watch-environment.ts';
import { formatErrors } from './manifest/format.ts';
import { cacheFolder } from './process/cache-folder.ts';

const folder = cacheFolder('assemblies');
/** Assemblies that are kept; copies of the project take turns. */
const KEPT_MAX = 8;
/** Other processes may still read one that is not kept any more. */
const STALE_AFTER_MS = 3_600_000;

/** What an assembly was made from besides what the hash of the project covers. */
interface Entry {
  /** Hashes by path: relative inside the platform's root, else absolute. */
  readonly files: Readonly<Record<string, string>>;
  /** Hashes of the folders of plugins that are npm packages, by path. */
  readonly folders: Readonly<Record<string, string>>;
  /** Hashes of the values, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Builds that the next synth falls back on. */
  readonly builds: readonly string[];
  /** What the synth printed. */
  readonly warnings: string;
}

/**
 * Synthesizes for the local runner. Where nothing has changed that a synth reads, the assembly of a former one is
 * copied; one with errors is never kept.
 */
export async function synthesizeLocally(rootDir: string, outDir: string): Promise<void> {
  const hash = projectHash(rootDir);
  const kept = keptAssembly(hash);
  if (kept) {
    if (kept.entry.warnings !== '') console.warn(kept.entry.warnings);
    copyAssembly(join(kept.dir, 'assembly'), outDir);
    return;
  }
  const dir = join(folder, `new.${randomUUID()}`);
  mkdirSync(dir, { recursive: true });
  try {
    const prepared = await synthesizeInto(join(dir, 'assembly'), rootDir, outDir);
    copyAssembly(join(dir, 'assembly'), outDir);
    // What was edited meanwhile may be in the assembly as it was before.
    if (prepared.errors.length > 0 || projectHash(rootDir) !== hash) return;
    writeFileSync(join(dir, 'entry.json'), JSON.stringify(entryOf(prepared, rootDir)));
    renameSync(dir, join(folder, `${hash}.${randomUUID()}`));
    removeStale();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function synthesizeInto(dir: string, rootDir: string, lastGoodDir: string): Promise<Prepared> {
  const { buildApp } = await import('./build-app.ts');
  const variables = { ...process.env, CDK_OUTDIR: dir };
  const { app, prepared } = await buildApp(rootDir, variables, { lastGoodDir: resolve(lastGoodDir) });
  app.synth();
  return prepared;
}

function keptAssembly(hash: string): { readonly dir: string; readonly entry: Entry } | undefined {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${hash}.`)) : [];
  for (const name of names) {
    const dir = join(folder, name);
    const file = join(dir, 'entry.json');
    const entry = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Entry) : undefined;
    if (entry === undefined || !isCurrent(entry)) continue;
    // What is used stays.
    for (const used of [dir, ...entry.builds]) utimesSync(used, new Date(), new Date());
    return { dir, entry };
  }
  return undefined;
}

function isCurrent({ files, folders, variables, builds }: Entry): boolean {
  const are = (hashes: Readonly<Record<string, string>>, hashOf: (name: string) => string) =>
    Object.entries(hashes).every(([name, hash]) => hashOf(name) === hash);
  return (
    builds.every((build) => existsSync(build)) &&
    are(variables, variableHash) &&
    are(folders, (path) => folderHash(resolve(platformRoot, path))) &&
    are(files, (path) => fileHash(resolve(platformRoot, path)))
  );
}

function variableHash(name: string): string {
  const value = name === VARIABLE_NAMES ? Object.keys(process.env).sort().join() : process.env[name];
  return value === undefined ? '' : sha(value);
}

function entryOf({ reads, plugins, warnings }: Prepared, rootDir: string): Entry {
  const modules = reads.modules.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  const files = [...modules, ...Object.keys(reads.files)].map(portable);
  const packages = plugins.map(({ root }) => root).filter((root) => root.includes('node_modules/'));
  const hashes = (names: readonly string[], hashOf: (name: string) => string) =>
    Object.fromEntries([...new Set(names)].map((name) => [name, hashOf(name)]));
  return {
    files: hashes(files, (path) => reads.files[path] ?? fileHash(resolve(platformRoot, path))),
    folders: hashes(
      packages.map((root) => portable(join(rootDir, root))),
      (path) => folderHash(resolve(platformRoot, path)),
    ),
    variables: hashes(reads.environment, variableHash),
    builds: plugins.map(({ bundle }) => bundle.dir),
    warnings: warnings.length === 0 ? '' : formatErrors(warnings, { color: false, noun: 'warning' }),
  };
}

/** Copies what is not there yet; the name of an asset has the hash of its content, and functions may run from it. */
function copyAssembly(from: string, to: string): void {
  const isNew = (source: string) =>
    !basename(source).startsWith('asset.') || !existsSync(join(to, basename(source)));
  cpSync(from, to, { recursive: true, filter: isNew });
}

function removeStale(): void {
  const used = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), usedAtMs: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.usedAtMs - a.usedAtMs);
  for (const { path, usedAtMs } of used.slice(KEPT_MAX)) {
    if (Date.now() - usedAtMs > STALE_AFTER_MS) rmSync(path, { recursive: true, force: true });
  }
}
