import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Loader, Plugin } from 'esbuild';

/**
 * Lambda ends initialization when the entry module is loaded: it then takes no extension any more, throttles the function
 * and may freeze it. So that has to wait for what has begun.
 */
const FOOTER = "\nawait globalThis[Symbol.for('anineeplus.init')];\n";

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.js': 'js',
  '.mjs': 'js',
};

/** Ends each entry module with the wait for what the runtime has begun while it was loaded. @param entries absolute */
export function awaitInitPlugin(entries: readonly string[]): Plugin {
  const files = new Set(entries);
  return {
    name: 'await-init',
    setup(build) {
      // As narrow as it can be: each match is a round trip from the compiler.
      const names = entries.map((entry) => basename(entry).replaceAll('.', '\\.'));
      const filter = new RegExp(`[\\\\/](?:${names.join('|')})$`);
      build.onLoad({ filter, namespace: 'file' }, async ({ path }) => {
        const loader = loaders[extname(path)];
        if (!files.has(path) || loader === undefined) return undefined;
        return { contents: (await readFile(path, 'utf8')) + FOOTER, loader };
      });
    },
  };
}
