import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { version as esbuildVersion } from 'esbuild';
import { cacheFolder } from '../process/cache-folder.ts';
import { bundle, type Bundle, type BundleRequest } from './bundle.ts';
import { type Hasher, portable, sha } from './file-hash.ts';
import { platformRoot } from './platform-imports.ts';

const folder = cacheFolder('bundles');
/** Builds that are kept of one bundle: copies of the project, each with edits of its own, take turns. */
const BUILDS_MAX = 8;
/** Other processes may still read a build that was replaced. */
const STALE_AFTER_MS = 3_600_000;

interface Entry {
  /** Hash of the content of every file that was read, by path: relative inside the platform's root, else absolute. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly sizes: Bundle['sizes'];
  readonly clients: Bundle['clients'];
  /** Its folder beside the index. */
  readonly build: string;
}

type CachedBundleRequest = Omit<BundleRequest, 'outDir'>;
export type CachedBundle = Pick<Bundle, 'dir' | 'sizes' | 'clients'>;

/** Files that decide over every build: the code of this folder, what it ships included, and the versions of packages. */
const OWN_FILES = [
  ...['.', 'aws', join('aws', 'replacements')].flatMap((name) => {
    const files = readdirSync(join(import.meta.dirname, name)).filter((file) => file.endsWith('.ts'));
    return files.sort().map((file) => join(import.meta.dirname, name, file));
  }),
  'package.json',
];

/** What decides over a build besides the files that it reads. */
async function keyOf(request: CachedBundleRequest, hashOf: Hasher): Promise<string> {
  const own = await Promise.all(OWN_FILES.map(hashOf));
  const asked = JSON.stringify(request, (_, value: unknown) =>
    typeof value === 'string' && isAbsolute(value) ? portable(value) : value,
  );
  return `${request.name}-${sha(esbuildVersion, process.version, asked, own.join())}`;
}

/** The builds that an index names, the newest first. */
const entriesOf = (index: string): Promise<readonly Entry[]> =>
  readFile(index, 'utf8').then(
    (text) => JSON.parse(text) as readonly Entry[],
    () => [],
  );

async function isFresh({ inputs, build }: Pick<Entry, 'inputs' | 'build'>, hashOf: Hasher): Promise<boolean> {
  const current = await Promise.all(Object.keys(inputs).map(hashOf));
  if (!Object.values(inputs).every((hash, index) => hash === current[index])) return false;
  return stat(join(folder, build)).then(
    () => true,
    () => false,
  );
}

async function removeStale(key: string, used: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.startsWith(`${key}.`) || name.endsWith('.json') || path === used) continue;
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > STALE_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}

async function anyChangedSince(files: readonly string[], sinceMs: number): Promise<boolean> {
  const changes = files.map(async (file) => (await stat(resolve(platformRoot, file))).mtimeMs > sinceMs);
  return (await Promise.all(changes)).some(Boolean);
}

/**
 * Bundles, unless all files that one of the last bundles read are as they were then: that one is answered. Its folder
 * must not be written to. @throws BundleError
 */
export async function cachedBundle(request: CachedBundleRequest, hashOf: Hasher): Promise<CachedBundle> {
  await mkdir(folder, { recursive: true });
  const key = await keyOf(request, hashOf);
  const index = join(folder, `${key}.json`);
  const kept = await entriesOf(index);
  for (const { build, sizes, clients, ...entry } of kept) {
    if (!(await isFresh({ build, ...entry }, hashOf))) continue;
    const dir = join(folder, build);
    await utimes(dir, new Date(), new Date());
    return { dir, sizes, clients };
  }
  const build = `${key}.${randomUUID()}`;
  const dir = join(folder, build);
  const startedAt = Date.now();
  const { metafile, sizes, clients } = await bundle({ ...request, outDir: dir });
  const read = Object.keys(metafile.inputs).filter((input) => !input.startsWith('builtin'));
  const inputs = await Promise.all(
    read.map(async (input) => [portable(input), (await hashOf(portable(input))) ?? ''] as const),
  );
  // What was edited meanwhile may be in the bundle as it was before, under the hash of what it is now.
  if (await anyChangedSince(read, startedAt)) return { dir, sizes, clients };
  const entry: Entry = { inputs: Object.fromEntries(inputs), sizes, clients, build };
  await writeFile(`${dir}.json`, JSON.stringify([entry, ...kept].slice(0, BUILDS_MAX)));
  await rename(`${dir}.json`, index);
  await removeStale(key, dir);
  return { dir, sizes, clients };
}
