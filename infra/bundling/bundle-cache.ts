import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { version as esbuildVersion } from 'esbuild';
import { bundle, type Bundle, type BundleRequest } from './bundle.ts';
import { platformRoot } from './platform-imports.ts';

const folder = join(platformRoot, 'node_modules', '.cache', 'anineeplus', 'bundles');
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

const sha = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 24);
};

/** Hashes the content of a file. */
export type Hasher = (file: string) => Promise<string>;

/** A hasher for one run: it reads each file once, since most files are inputs of every plugin. */
export function createHasher(): Hasher {
  const known = new Map<string, Promise<string>>();
  return (file) => {
    const hash = known.get(file) ?? readFile(file).then((content) => sha(content));
    known.set(file, hash);
    return hash;
  };
}

/** A path as every copy of the project has it, since copies that share their packages share this cache. */
function portable(path: string): string {
  const inside = relative(platformRoot, resolve(platformRoot, path));
  return inside.split(sep)[0] === '..' || isAbsolute(inside) ? resolve(platformRoot, path) : inside;
}

/** What decides over a build besides the files that it reads. */
function keyOf(request: CachedBundleRequest): string {
  const own = [
    'bundle-cache.ts',
    'bundle.ts',
    'checks.ts',
    'client-imports.ts',
    'get-builtin-module.ts',
    'platform-imports.ts',
    'prune.ts',
    'report.ts',
    'source-map-segments.ts',
    'source-maps.ts',
  ];
  const code = own.map((name) => readFileSync(join(import.meta.dirname, name)));
  const lock = readFileSync(join(platformRoot, 'package.json'));
  const asked = JSON.stringify(request, (_, value: unknown) =>
    typeof value === 'string' && isAbsolute(value) ? portable(value) : value,
  );
  return `${request.name}-${sha(esbuildVersion, process.version, asked, lock, ...code)}`;
}

async function isFresh({ inputs, build }: Entry, hashOf: Hasher): Promise<boolean> {
  const checks = Object.entries(inputs).map(async ([file, hash]) => {
    const current = await hashOf(resolve(platformRoot, file)).catch(() => undefined);
    return current === hash;
  });
  const exists = await stat(join(folder, build)).then(
    () => true,
    () => false,
  );
  return exists && (await Promise.all(checks)).every(Boolean);
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
 * Bundles, unless no file that the last bundle read has changed since: then that one is answered. Its folder must
 * not be written to. @throws BundleError
 */
export async function cachedBundle(request: CachedBundleRequest, hashOf: Hasher): Promise<CachedBundle> {
  await mkdir(folder, { recursive: true });
  const key = keyOf(request);
  const index = join(folder, `${key}.json`);
  const last = await readFile(index, 'utf8').then(
    (text) => JSON.parse(text) as Entry,
    () => undefined,
  );
  if (last && (await isFresh(last, hashOf))) {
    const dir = join(folder, last.build);
    await utimes(dir, new Date(), new Date());
    return { dir, sizes: last.sizes, clients: last.clients };
  }
  const build = `${key}.${randomUUID()}`;
  const dir = join(folder, build);
  const startedAt = Date.now();
  const { metafile, sizes, clients } = await bundle({ ...request, outDir: dir });
  const read = Object.keys(metafile.inputs).filter((input) => !input.startsWith('builtin'));
  const inputs = await Promise.all(
    read.map(async (input) => [portable(input), await hashOf(resolve(platformRoot, input))] as const),
  );
  // What was edited meanwhile may be in the bundle as it was before, under the hash of what it is now.
  if (await anyChangedSince(read, startedAt)) return { dir, sizes, clients };
  const entry: Entry = { inputs: Object.fromEntries(inputs), sizes, clients, build };
  await writeFile(`${dir}.json`, JSON.stringify(entry));
  await rename(`${dir}.json`, index);
  await removeStale(key, dir);
  return { dir, sizes, clients };
}
