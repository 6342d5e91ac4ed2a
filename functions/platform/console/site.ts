import { readdirSync, readFileSync } from 'node:fs';

/** A file of the console, as it was built. */
interface SiteFile {
  readonly type: string;
  readonly text: string;
  /** Compressed by Brotli; undefined for what the build does not compress. */
  readonly brotli: Buffer | undefined;
}

/** The files of the console by their paths, and its page. */
export interface Site {
  /** @returns undefined for a path that no file has */
  file(path: string): SiteFile | undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Opens the folder of the built console. A path that a request names is looked up among the files and never opened. */
export function openSite(folder: URL): Site {
  const names = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }));
  const read = new Map<string, SiteFile>();
  return {
    file(path) {
      const known = read.get(path);
      if (known !== undefined) return known;
      const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
      if (type === undefined || !names.has(path)) return undefined;
      const compressed = `${path}.br`;
      const file = {
        type,
        text: readFileSync(new URL(path, folder), 'utf8'),
        brotli: names.has(compressed) ? readFileSync(new URL(compressed, folder)) : undefined,
      };
      read.set(path, file);
      return file;
    },
  };
}
