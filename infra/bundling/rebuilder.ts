import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { context, type OutputFile } from 'esbuild';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { type Bundle, bundleOptions } from './bundle.ts';
import { bundleProblems } from './checks.ts';
import { clientImports } from './client-imports.ts';
import { platformRoot } from './platform-imports.ts';
import { projectSourceMap, type SourceMaps } from './source-maps.ts';
import { createVendor } from './vendor.ts';

/** Builds that stay on disk: the current one, and those that processes may still be starting from. */
const KEPT_BUILDS = 3;

/** One build, and the AWS clients that the code itself imports. */
export interface Rebuilt extends Pick<Bundle, 'dir' | 'clients'> {
  readonly ms: number;
}

/** The incremental compiler of one plugin. */
export interface Rebuilder {
  readonly plugin: string;
  /** Compiles what changed into a fresh folder. @throws Error with the compiler's messages; the last build stays */
  rebuild(): Promise<Rebuilt>;
  /** Whether the last build read `file`, an absolute path. Any file may matter after a failed build. */
  dependsOn(file: string): boolean;
  dispose(): Promise<void>;
}

/** Over all rebuilders of this process, since a new one of the same plugin writes beside the old. */
let count = 0;

/** @param buildsDir where builds are written, one folder each */
export async function createRebuilder(
  rootDir: string,
  { manifest, root }: LoadedPlugin,
  buildsDir: string,
): Promise<Rebuilder> {
  const outDir = join(buildsDir, manifest.name);
  const pluginDir = resolve(rootDir, root);
  const sourceMaps = { rootDir, pluginRoot: root };
  const options = bundleOptions({
    name: manifest.name,
    root: pluginDir,
    entries: [...new Set(Object.values(manifest.functions).map(({ entry }) => entry))],
    keep: manifest.build.keep,
    outDir,
    minify: false,
    defersZod: false,
    sourceMaps,
  });
  const vendor = createVendor({ ...options, outbase: undefined, sourcemap: false }, pluginDir);
  const esbuild = await context({
    ...options,
    plugins: [vendor.plugin, ...(options.plugins ?? [])],
    write: false,
  });
  const builds: string[] = [];
  /** What the last build wrote, by the compiler's paths: what has not changed since is not written again. */
  let written: ReadonlyMap<string, { readonly hash: string; readonly file: string }> = new Map();
  let inputs: ReadonlySet<string> | undefined;

  return {
    plugin: manifest.name,
    async rebuild() {
      const startedAt = performance.now();
      inputs = undefined;
      let result = await esbuild.rebuild();
      if (await vendor.compile()) result = await esbuild.rebuild();
      const { metafile, outputFiles } = result;
      if (!metafile || !outputFiles) throw new Error('esbuild gave no output');
      const problems = bundleProblems(metafile);
      if (problems.length > 0) throw new Error(problems.join('\n'));
      inputs = new Set(Object.keys(metafile.inputs).map((input) => resolve(platformRoot, input)));
      count += 1;
      const dir = `${outDir}-${count}`;
      written = new Map(
        await Promise.all(
          outputFiles.map(async (output) => {
            const { path, hash } = output;
            const file = join(dir, relative(outDir, path));
            await mkdir(dirname(file), { recursive: true });
            const before = written.get(path);
            if (before?.hash === hash) await link(before.file, file);
            else await writeFile(file, contentOf(output, sourceMaps));
            return [path, { hash, file }] as const;
          }),
        ),
      );
      await vendor.placeIn(dir);
      builds.push(dir);
      const old = builds.splice(0, Math.max(0, builds.length - KEPT_BUILDS));
      await Promise.all(old.map((stale) => rm(stale, { recursive: true, force: true })));
      const packageOf = (path: string) => vendor.packageOf(path);
      const clients = clientImports({ metafile, root: pluginDir, outDir, packageOf });
      return { dir, clients, ms: Math.round(performance.now() - startedAt) };
    },
    dependsOn: (file) => (inputs ? inputs.has(file) : file.startsWith(pluginDir)),
    dispose: () => esbuild.dispose(),
  };
}

/** Its text is decoded when it is read. */
const contentOf = (output: OutputFile, sourceMaps: SourceMaps): string | Uint8Array =>
  output.path.endsWith('.map') ? projectSourceMap(output.text, output.path, sourceMaps) : output.contents;
