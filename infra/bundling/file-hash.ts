import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { platformRoot } from './platform-imports.ts';

/** A short SHA-256 of some parts. */
export function sha(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 24);
}

/** Hashes the content of a file, whose path is absolute or relative to the platform's root; undefined without one. */
export type Hasher = (file: string) => Promise<string | undefined>;

/** A hasher that knows what it has hashed. */
export interface RunHasher extends Hasher {
  /** By path; empty for a file that is not there. */
  hashed(): Promise<Readonly<Record<string, string>>>;
}

/** A hasher for one run: it reads each file once, since most files are inputs of every plugin. */
export function createHasher(): RunHasher {
  const known = new Map<string, Promise<string | undefined>>();
  const hashOf: Hasher = (file) => {
    const hash = known.get(file);
    if (hash) return hash;
    const read = readFile(resolve(platformRoot, file)).then(
      (content) => sha(content),
      () => undefined,
    );
    known.set(file, read);
    return read;
  };
  const hashed = async () => {
    const all = [...known].map(async ([file, hash]) => [file, (await hash) ?? ''] as const);
    return Object.fromEntries(await Promise.all(all));
  };
  return Object.assign(hashOf, { hashed });
}

/** A path as every copy of the project has it, since copies that share their packages share what is cached. */
export function portable(path: string): string {
  const inside = relative(platformRoot, resolve(platformRoot, path));
  return inside.split(sep)[0] === '..' || isAbsolute(inside) ? resolve(platformRoot, path) : inside;
}
