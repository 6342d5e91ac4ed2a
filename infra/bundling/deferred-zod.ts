import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, transform } from 'esbuild';
import * as deferred from '#runtime/schema/deferred/real-zod.ts';
import { platformRoot } from './platform-imports.ts';

const FOLDER = join(platformRoot, 'functions', 'runtime', 'schema', 'deferred');

/** Zod as a file of its own in a bundle, which nothing imports. */
export const zodEntry = { in: join(FOLDER, 'zod-chunk.ts'), out: 'chunks/zod' };

/** What two entries share stands in the folder of chunks, where Zod is too. */
const LOAD_ZOD = `
  const load = process.getBuiltinModule('node:module').createRequire(import.meta.url);
  export const loadZod = () => load('./zod.mjs');`;

/** The copy that the platform has; another, of a package that brings its own version, stays as it is. */
const ZOD = fileURLToPath(import.meta.resolve('zod/mini'));
/** Marks an import that the compiler is asked to resolve by itself. */
const UNRESOLVED = Symbol('unresolved');

/** The module with what is deferred alone, as messages of the compiler name it. */
const MINI = 'schema/deferred/mini.ts';

const NAMES: ReadonlySet<string> = new Set(Object.keys(deferred));
const IMPORT = /^import (?:\* as (\w+)|\{([^}]*)\}) from "zod\/mini";$/gm;

/** Whether a module uses nothing of Zod but what is deferred, as far as its text shows. */
async function usesDeferredAlone(file: string): Promise<boolean> {
  const { code } = await transform(await readFile(file, 'utf8'), { loader: 'ts', sourcefile: file });
  const imports = [...code.matchAll(IMPORT)];
  const rest = code.replaceAll(IMPORT, '');
  return (
    imports.length > 0 &&
    !rest.includes('zod/mini') &&
    imports.every(([, namespace, list = '']) => {
      const names = list.split(',').flatMap((one) => one.trim().split(' as ')[0] || []);
      if (namespace === undefined) return names.every((name) => NAMES.has(name));
      // Not as a letter in a pattern, such as `[a-z]` and `(z|`.
      const use = new RegExp(`(?<![-\\w$]|(?<!\\.\\.)\\.)${namespace}\\b(?!\\|)(?:\\.(\\w+))?`, 'g');
      const uses = [...rest.matchAll(use)];
      return uses.every(([, name = '']) => NAMES.has(name));
    })
  );
}

/** Gives the code of functions schemas that Zod builds when it has to, instead of at init; with {@link zodEntry}. */
export function deferredZodPlugin(): Plugin {
  return {
    name: 'deferred-zod',
    setup(build) {
      build.onResolve({ filter: /^zod\/mini$/ }, async ({ path, pluginData, importer, resolveDir, kind }) => {
        if (pluginData === UNRESOLVED || importer.startsWith(FOLDER)) return undefined;
        const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: UNRESOLVED });
        if (found.path !== ZOD || kind !== 'import-statement') return undefined;
        return { path: join(FOLDER, (await usesDeferredAlone(importer)) ? 'mini.ts' : 'all.ts') };
      });
      // What the text of a module did not show must not become `undefined` when it runs.
      build.onEnd(({ warnings }) => ({
        errors: warnings.filter(({ id, text }) => id === 'import-is-undefined' && text.includes(MINI)),
      }));
      build.onLoad({ filter: /\/deferred\/load-zod\.ts$/ }, ({ path }) =>
        path === join(FOLDER, 'load-zod.ts') ? { contents: LOAD_ZOD, loader: 'js' } : undefined,
      );
    },
  };
}
