import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

const BARE = new Set(builtinModules);
/** As narrow as it can be: each match is a round trip from the compiler. */
const FILTER = new RegExp(`^(?:node:.*|${builtinModules.join('|')})$`);
/** Getters of `node:http` that load undici when read. */
const LOADS_UNDICI = ['WebSocket', 'CloseEvent', 'MessageEvent'];

/** Whether `specifier` names a module of Node itself, with or without the `node:` prefix. */
export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || BARE.has(specifier);
}

/** A dynamic import needs a real ES module: only that has named exports once it is a chunk of its own. */
function asModule(name: string): string {
  const members = Object.keys(process.getBuiltinModule(name) ?? {}).filter(
    (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== 'default' && !LOADS_UNDICI.includes(key),
  );
  return [
    `const builtin = process.getBuiltinModule(${JSON.stringify(name)});`,
    `export default builtin;`,
    ...members.map((key) => `const $${key} = builtin.${key}; export { $${key} as ${key} };`),
  ].join('\n');
}

/** Static imports and `require` get CommonJS on purpose: esbuild copies getters from it, not values. */
function asCommonJs(name: string): string {
  return `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`;
}

/**
 * Reaches Node's own modules through `process.getBuiltinModule` instead of an ESM import. The ESM facade of `node:http`
 * evaluates every lazy export and so loads undici, 25 ms of init (nodejs/node issue 59686).
 */
export function getBuiltinModulePlugin(): Plugin {
  return {
    name: 'get-builtin-module',
    setup(build) {
      build.onResolve({ filter: FILTER }, ({ path, kind }) =>
        isBuiltin(path)
          ? {
              path: path.replace(/^node:/, ''),
              namespace: kind === 'dynamic-import' ? 'builtin-module' : 'builtin',
              sideEffects: false,
            }
          : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: asCommonJs(`node:${path}`),
        loader: 'js',
      }));
      build.onLoad({ filter: /.*/, namespace: 'builtin-module' }, ({ path }) => ({
        contents: asModule(`node:${path}`),
        loader: 'js',
      }));
    },
  };
}
