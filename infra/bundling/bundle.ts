import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build as compile, type BuildOptions, type Metafile } from 'esbuild';
import { awaitInitPlugin } from './await-init.ts';
import { slimAwsPlugin } from './aws/slim-aws.ts';
import { bundleProblems } from './checks.ts';
import { type ClientImport, clientImports } from './client-imports.ts';
import { deferredZodPlugin, zodEntry } from './deferred-zod.ts';
import { getBuiltinModulePlugin } from './get-builtin-module.ts';
import { platformImport, platformRoot, unexportedImport } from './platform-imports.ts';
import { prunePlugin } from './prune.ts';
import { functionSizes, type FunctionSize } from './report.ts';
import { projectSourceMap, type SourceMaps } from './source-maps.ts';

export interface BundleRequest {
  /** For messages. */
  readonly name: string;
  /** Folder that handler paths are relative to. */
  readonly root: string;
  /** Entry files relative to `root`. */
  readonly entries: readonly string[];
  /** Resources that stay of packages that are pruned, by package name. */
  readonly keep?: Readonly<Record<string, readonly string[]>>;
  readonly outDir: string;
  readonly minify?: boolean;
  /** Whether schemas are built when they are needed: they start faster, and take longer to compile. True when left out. */
  readonly defersZod?: boolean;
  /** Maps beside the code, for this machine alone: deployed bundles have none. */
  readonly sourceMaps?: SourceMaps | undefined;
}

export interface Bundle {
  readonly dir: string;
  readonly metafile: Metafile;
  readonly sizes: readonly FunctionSize[];
  /** AWS clients that the code brings in besides those of the runtime. */
  readonly clients: readonly ClientImport[];
}

/** Code that cannot be shipped as it is: it does not compile, or it holds what no bundle may hold. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/** Marks an import that the compiler is asked to resolve by itself. */
const UNRESOLVED = Symbol('unresolved');

/** The options of every bundle, for one pass at synth and for the watcher alike. */
export function bundleOptions(request: BundleRequest): BuildOptions & { metafile: true } {
  const { defersZod = true } = request;
  return {
    absWorkingDir: platformRoot,
    entryPoints: [
      ...request.entries.map((entry) => ({ in: join(request.root, entry), out: withoutExtension(entry) })),
      ...(defersZod ? [zodEntry] : []),
    ],
    outdir: request.outDir,
    outbase: request.root,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    conditions: ['module', 'import', 'node'],
    minify: request.minify ?? true,
    // Error names and `Function.name` survive minification only where code relies on them; ours does not.
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    ...(request.sourceMaps && { sourcemap: 'linked', sourcesContent: false }),
    logLevel: 'silent',
    plugins: [
      {
        name: 'platform-imports',
        setup(build) {
          build.onResolve(
            { filter: /^(?:#|@anineeplus\/plugins\/)/ },
            async ({ path, pluginData, ...rest }) => {
              const file = platformImport(path, rest.importer);
              if (file !== undefined) return { path: file };
              if (pluginData === UNRESOLVED) return undefined;
              const { importer, resolveDir, kind } = rest;
              const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: UNRESOLVED });
              const text = found.errors.length > 0 ? unexportedImport(path) : undefined;
              return text === undefined ? found : { errors: [{ text }] };
            },
          );
        },
      },
      getBuiltinModulePlugin(),
      slimAwsPlugin(),
      ...(defersZod ? [deferredZodPlugin()] : []),
      awaitInitPlugin(request.entries.map((entry) => join(request.root, entry))),
      ...(request.keep ? [prunePlugin(request.keep, request.root)] : []),
    ],
  };
}

/** Bundles all functions of one plugin in one pass. @throws BundleError with every reason, readable as it is. */
export async function bundle(request: BundleRequest): Promise<Bundle> {
  const options = bundleOptions(request);
  const result = await compile(options).catch((error: unknown) => {
    throw new BundleError(`${request.name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  });
  const problems = bundleProblems(result.metafile);
  if (problems.length > 0) {
    throw new BundleError(problems.map((problem) => `${request.name}: ${problem}`).join('\n'));
  }
  if (request.sourceMaps) await placeMaps(result.metafile, request.sourceMaps);
  const sizes = await functionSizes(result.metafile, platformRoot, request.outDir);
  const { outDir: dir, root } = request;
  const clients = clientImports({ metafile: result.metafile, root, outDir: dir });
  return { dir, metafile: result.metafile, sizes, clients };
}

async function placeMaps({ outputs }: Metafile, sourceMaps: SourceMaps): Promise<void> {
  const maps = Object.keys(outputs).filter((output) => output.endsWith('.map'));
  await Promise.all(
    maps.map(async (output) => {
      const file = resolve(platformRoot, output);
      await writeFile(file, projectSourceMap(await readFile(file, 'utf8'), file, sourceMaps));
    }),
  );
}

/** The handler string of an entry file: `functions/api.ts` -> `functions/api.handler`. */
export function handlerOf(entry: string): string {
  return `${withoutExtension(entry)}.handler`;
}

const withoutExtension = (entry: string): string => entry.replace(/^\.\//, '').replace(/\.[cm]?[jt]s$/, '');
