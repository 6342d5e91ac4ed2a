import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { packageFolder } from '../package-folder.ts';
import { platformRoot } from '../platform-imports.ts';
import { type ReplacedModule, replacedModules } from './replaced-modules.ts';

const EXPORTED = /^export (?:async )?(?:const|class|function\*?) (\w+)|^export \{([^}]*)\}/gm;

/** Names that a module exports, sorted. */
function exportsOf(code: string): readonly string[] {
  return [...code.matchAll(EXPORTED)]
    .flatMap(([, name, list = '']) =>
      name === undefined ? list.split(',').map((one) => one.trim().split(' ').at(-1) ?? '') : [name],
    )
    .filter((name) => name !== '')
    .sort();
}

/** @throws Error for a module that the installed version of its package does not have, or that exports other names */
function placeOf({ package: name, file, code }: ReplacedModule, from: string): string | undefined {
  const folder = packageFolder(name, from);
  if (folder === undefined) return undefined;
  const path = join(folder, file);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const fix = 'infra/bundling/aws/replaced-modules.ts has to follow the new version';
  if (!existsSync(path)) throw new Error(`${name} ${version} has no ${file}: ${fix}`);
  if (file.endsWith('.js')) {
    const [wanted, given] = [exportsOf(readFileSync(path, 'utf8')), exportsOf(code)].map((names) =>
      names.join(', '),
    );
    if (wanted !== given)
      throw new Error(`${name} ${version} exports ${wanted} from ${file}, not ${given}: ${fix}`);
  }
  return realpathSync(path);
}

/**
 * Replaces modules of the AWS SDK that a function does not need by shorter ones. It knows the copy of each package that
 * the platform has; another copy, of a package that brings its own version, stays as it is.
 */
export function slimAwsPlugin(modules = replacedModules, from = platformRoot): Plugin {
  return {
    name: 'slim-aws',
    setup(build) {
      const places = new Map<string, ReplacedModule>();
      for (const module of modules) {
        const place = placeOf(module, from);
        if (place !== undefined) places.set(place, module);
      }
      const files = [...new Set(modules.map(({ file }) => file))].map((file) => file.replaceAll('.', '\\.'));
      build.onLoad({ filter: new RegExp(`(?:${files.join('|')})$`) }, ({ path }) => {
        const module = places.get(path);
        if (module === undefined) return undefined;
        if (module.file.endsWith('.json')) {
          const { [module.code]: kept } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
          return { contents: JSON.stringify({ [module.code]: kept }), loader: 'json' };
        }
        return { contents: module.code, loader: 'js', resolveDir: import.meta.dirname };
      });
    },
  };
}
