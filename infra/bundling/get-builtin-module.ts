import { builtinModules } from 'node:module';
import { relative } from 'node:path';
import type { ImportKind, Plugin } from 'esbuild';

const BARE = new Set(builtinModules);
/** As narrow as it can be: each match is a round trip from the compiler. */
const FILTER = new RegExp(`^(?:node:.*|${builtinModules.join('|')})$`);
/** Getters of `node:http` that load undici when read. */
const LOADS_UNDICI = ['WebSocket', 'CloseEvent', 'MessageEvent'];

/** Whether `specifier` names a module of Node itself, with or without the `node:` prefix. */
export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || BARE.has(specifier);
}

/**
 * A member is read where it is imported, and left out where it is not: some are loaded when they are read, such as
 * `util.TextDecoder`, and to copy them all costs 5 ms.
 */
function asModule(name: string): string {
  const members = Object.keys(process.getBuiltinModule(name) ?? {}).filter(
    (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== 'default' && !LOADS_UNDICI.includes(key),
  );
  return [
    `const builtin = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(name)});`,
    `export default builtin;`,
    ...members.map(
      (key) => `const $${key} = /* @__PURE__ */ (() => builtin.${key})(); export { $${key} as ${key} };`,
    ),
  ].join('\n');
}

/** What `require` gets has to be the module itself, which may be a function. */
function asCommonJs(name: string): string {
  return `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`;
}

/** A dynamic import is a chunk of its own, whose members are all kept, so it must not be that of static imports. */
const NAMESPACES: Partial<Record<ImportKind, string>> = {
  'import-statement': 'builtin-static',
  'dynamic-import': 'builtin-dynamic',
};

/**
 * Reaches Node's own modules through `process.getBuiltinModule` instead of an ESM import. The ESM facade of `node:http`
 * evaluates every lazy export and so loads undici, 25 ms of init (nodejs/node issue 59686).
 */
export function getBuiltinModulePlugin(): Plugin {
  return {
    name: 'get-builtin-module',
    setup(build) {
      const { absWorkingDir = process.cwd() } = build.initialOptions;
      build.onResolve({ filter: FILTER }, ({ path, kind, importer }) =>
        isBuiltin(path)
          ? {
              path: path.replace(/^node:/, ''),
              // One for each importer stands in that one's chunk; one for all would be a chunk to find and to open.
              ...(kind !== 'dynamic-import' && { suffix: `?${relative(absWorkingDir, importer)}` }),
              namespace: NAMESPACES[kind] ?? 'builtin',
              sideEffects: false,
            }
          : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: asCommonJs(`node:${path}`),
        loader: 'js',
      }));
      for (const namespace of Object.values(NAMESPACES)) {
        build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
          contents: asModule(`node:${path}`),
          loader: 'js',
        }));
      }
    },
  };
}
