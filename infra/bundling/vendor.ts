import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { build as compile, type BuildOptions, type Plugin } from 'esbuild';
import { bundleProblems } from './checks.ts';
import { isBuiltin } from './get-builtin-module.ts';
import { platformImport } from './platform-imports.ts';

/**
 * The npm packages of one plugin and the platform's runtime, compiled apart from the plugin's own code: they rarely
 * change, and are nine tenths of what a rebuild would compile and write. A watcher starts anew when the runtime changes.
 */
interface Vendor {
  /** Leaves them out of the build and imports them from here; one seen for the first time is only noted. First. */
  readonly plugin: Plugin;
  /** Compiles what was noted since, if anything. Returns whether the build has to run again. */
  compile(): Promise<boolean>;
  /** The package behind an import that was left out; undefined for another import. */
  packageOf(path: string): string | undefined;
  /** Puts what was compiled beside a build. */
  placeIn(dir: string): Promise<void>;
}

const PREFIX = '#vendor/';

/** @param options those of the build, from which the packages' differ in their entries alone */
export function createVendor(options: BuildOptions, pluginDir: string): Vendor {
  /** File of each package, by import specifier; undefined for one that has to be compiled with the code. */
  const files = new Map<string, string | undefined>();
  const noted = new Set<string>();
  let compiledDir: string | undefined;

  const isOwn = (importer: string) => !importer.includes('/node_modules/') || importer.startsWith(pluginDir);
  const isVendored = (path: string, importer: string) => {
    if (!isOwn(importer) || isAbsolute(path) || isBuiltin(path) || path.endsWith('.json')) return false;
    // Imports of a package's own begin with a `#`, too.
    return !path.startsWith('#') || platformImport(path, importer) !== undefined;
  };

  return {
    plugin: {
      name: 'vendor',
      setup(build) {
        build.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
          const isImport = kind === 'import-statement' || kind === 'dynamic-import';
          if (!isImport || !isVendored(path, importer)) return undefined;
          if (!files.has(path)) noted.add(path);
          const file = files.get(path);
          return file !== undefined || noted.has(path)
            ? { path: `${PREFIX}${file}`, external: true }
            : undefined;
        });
      },
    },
    async compile() {
      if (noted.size === 0) return false;
      const specifiers = [...files.keys(), ...noted];
      noted.clear();
      const outdir = join(options.outdir ?? '', '..', `vendor-${randomUUID()}`);
      await mkdir(outdir, { recursive: true });
      // What fails is compiled with the code again, where the message names the import.
      const formats = await compilePackages(specifiers, {
        ...options,
        outdir,
        absWorkingDir: pluginDir,
      }).catch(() => []);
      // A CommonJS package has no named exports once it is a module of its own.
      specifiers.forEach((specifier, index) => {
        files.set(specifier, formats[index] === 'esm' ? `${index}.mjs` : undefined);
      });
      if (compiledDir !== undefined) await rm(compiledDir, { recursive: true, force: true });
      compiledDir = outdir;
      return true;
    },
    packageOf(path) {
      const file = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : undefined;
      return [...files].find(([, compiled]) => compiled !== undefined && compiled === file)?.[0];
    },
    async placeIn(dir) {
      if (compiledDir === undefined) return;
      await mkdir(join(dir, 'vendor', 'chunks'), { recursive: true });
      await writeFile(
        join(dir, 'package.json'),
        JSON.stringify({ type: 'module', imports: { [`${PREFIX}*`]: './vendor/*' } }),
      );
      for (const entry of await readdir(compiledDir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        await link(file, join(dir, 'vendor', file.slice(compiledDir.length + 1)));
      }
    },
  };
}

/** Compiles each package as an entry of its own, what they share once. Returns the format of each. */
async function compilePackages(
  specifiers: readonly string[],
  options: BuildOptions,
): Promise<readonly (string | undefined)[]> {
  const { metafile } = await compile({
    ...options,
    entryPoints: specifiers.map((specifier, index) => ({ in: specifier, out: String(index) })),
    metafile: true,
  });
  const problems = bundleProblems(metafile);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const entries = new Map(
    Object.entries(metafile.outputs).map(([file, { entryPoint }]) => [file.split('/').at(-1), entryPoint]),
  );
  return specifiers.map((_, index) => metafile.inputs[entries.get(`${index}.mjs`) ?? '']?.format);
}
