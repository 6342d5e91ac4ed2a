import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Loader, Plugin } from 'esbuild';

/** Lambda closes the registration of extensions when the entry module is loaded, so that has to wait for it. */
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
      build.onLoad({ filter: /\.m?[jt]s$/, namespace: 'file' }, async ({ path }) => {
        const loader = loaders[extname(path)];
        if (!files.has(path) || loader === undefined) return undefined;
        return { contents: (await readFile(path, 'utf8')) + FOOTER, loader };
      });
    },
  };
}
