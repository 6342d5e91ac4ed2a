import { posix, join, relative, resolve } from 'node:path';
import type { BuildFailure } from 'esbuild';
import { loadManifests } from '#infra/manifest/load.ts';
import type { BrokenPlugin, LoadedPlugin, ManifestError, ManifestSet } from '#infra/manifest/types.ts';
import { BundleError } from './bundle.ts';
import { cachedBundle, type CachedBundle } from './bundle-cache.ts';
import { clientErrors } from './client-errors.ts';
import { codeErrors, failureError } from './code-errors.ts';
import type { ComposedPlugin } from './compose/composed-plugin.ts';
import { describePlugins, type DescribedPlugin, type DescribeOptions } from './compose/describe-plugins.ts';
import { composeGraphql } from './compose/graphql-schema.ts';
import type { CodeFailure, DescribingReads, PlatformDescription } from './compose/types.ts';
import type { Hasher } from './file-hash.ts';
import { mapAtMost } from './map-at-most.ts';
import { stageValues } from './stage-config.ts';
import { platformRoot } from './platform-imports.ts';

interface CheckOptions extends DescribeOptions {
  readonly rootDir: string;
  readonly stage: string;
  readonly hasher: Hasher;
  /** Whether bundles get source maps. */
  readonly sourceMaps?: boolean;
}

export interface CheckedPlugin extends ComposedPlugin {
  readonly bundle: CachedBundle;
  /** Values of its configuration that the stage begins with; undefined without a file for the stage. */
  readonly stageValues?: Readonly<Record<string, unknown>>;
}

/** The valid plugins, and all errors: of manifests, of code, and where the two differ. */
export interface CheckedPlugins {
  readonly good: readonly CheckedPlugin[];
  readonly broken: readonly BrokenPlugin[];
  /** Every plugin with a valid manifest, also those whose code is broken: what they own keeps its name. */
  readonly known: readonly LoadedPlugin[];
  readonly errors: readonly ManifestError[];
  /** What is wrong with plugins that are taken all the same. */
  readonly warnings: readonly ManifestError[];
  readonly platform: PlatformDescription;
  /** What the code of the plugins read while it was described. */
  readonly reads: DescribingReads;
}

/** Each holds all that it has parsed, and uses all processors by itself. */
const BUNDLES_AT_ONCE = 4;

/** The one check of plugins: `npm run validate`, the synth, the start and the hot reload all run it. */
export async function checkPlugins(options: CheckOptions): Promise<CheckedPlugins> {
  const set = loadManifests(options.rootDir, { stage: options.stage });
  // Plugins with an invalid manifest are described too, so that all their errors are reported at once.
  const all = [...set.plugins, ...set.refused];
  const [{ described, failed, platform, reads }, bundles] = await Promise.all([
    describePlugins(options.rootDir, all, options),
    mapAtMost(all, BUNDLES_AT_ONCE, (plugin) => bundleOf(plugin, options)),
  ]);
  const found = new Map(
    all.map((plugin, index): [string, readonly ManifestError[]] => {
      const { name } = plugin.manifest;
      const { bundle, failures } = bundles[index] ?? { failures: [] };
      const inCode = codeFindings(options.rootDir, plugin, described[name], failed[name]);
      // Code that does not build cannot be imported either, and the compiler's message is the better one.
      const imported = failures.length > 0 ? inCode.filter(({ code }) => code !== 'PLG301') : inCode;
      const clients = clientErrors(options.rootDir, plugin, bundle?.clients ?? []);
      return [name, [...failures.map((failure) => failureError(plugin, failure)), ...imported, ...clients]];
    }),
  );
  const sound = set.plugins.flatMap((plugin): CheckedPlugin[] => {
    const { name } = plugin.manifest;
    const bundle = bundles[all.indexOf(plugin)]?.bundle;
    const description = described[name]?.description;
    if (!bundle || !description || found.get(name)?.length !== 0) return [];
    const values = stageValues(options.rootDir, plugin.root, options.stage);
    return [{ ...plugin, bundle, description, ...(values && { stageValues: values }) }];
  });
  const { good, clashes } = composable(sound, set.order);
  for (const [name, error] of clashes) found.set(name, [error]);
  return { ...resultOf(set, found), good, known: set.plugins, warnings: set.warnings, platform, reads };
}

/** The errors of one plugin's code, apart from those of the bundler. */
export function codeFindings(
  rootDir: string,
  plugin: LoadedPlugin,
  described: DescribedPlugin | undefined,
  failure: CodeFailure | undefined,
): readonly ManifestError[] {
  if (failure) return [failureError(plugin, failure)];
  return described ? codeErrors(rootDir, plugin, described) : [];
}

async function bundleOf(
  { manifest, root }: LoadedPlugin,
  { rootDir, hasher, sourceMaps = false }: CheckOptions,
): Promise<{ readonly bundle?: CachedBundle; readonly failures: readonly CodeFailure[] }> {
  const { name, functions, build } = manifest;
  const entries = [...new Set(Object.values(functions).map(({ entry }) => entry))].sort();
  const request = {
    name,
    root: join(rootDir, root),
    entries,
    keep: build.keep,
    ...(sourceMaps && { sourceMaps: { rootDir, pluginRoot: root } }),
  };
  try {
    return { bundle: await cachedBundle(request, hasher), failures: [] };
  } catch (error) {
    return { failures: bundleFailures(error, rootDir, `${name}: `) };
  }
}

/** One failure for each message of the compiler, at its place. */
export function bundleFailures(error: unknown, rootDir: string, prefix = ''): readonly CodeFailure[] {
  const { errors = [] } = ((error instanceof BundleError ? error.cause : error) ??
    {}) as Partial<BuildFailure>;
  if (errors.length === 0) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ message: message.replaceAll(prefix, '') }];
  }
  return errors.map(({ text, location }) => ({
    message: text,
    ...(location && {
      file: relative(rootDir, resolve(platformRoot, location.file)).split('\\').join(posix.sep),
      line: location.line,
      column: location.column + 1,
    }),
  }));
}

/** Leaves out plugins that cannot be composed with the others; of two in conflict the later one. */
function composable<P extends ComposedPlugin>(
  plugins: readonly P[],
  order: readonly string[],
): { readonly good: readonly P[]; readonly clashes: ReadonlyMap<string, ManifestError> } {
  const clashes = new Map<string, ManifestError>();
  try {
    composeGraphql(plugins);
    return { good: plugins, clashes };
  } catch {
    const accepted: P[] = [];
    const rank = ({ manifest }: P) => order.indexOf(manifest.name);
    for (const plugin of plugins.toSorted((a, b) => rank(a) - rank(b))) {
      try {
        composeGraphql([...accepted, plugin]);
        accepted.push(plugin);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        clashes.set(plugin.manifest.name, failureError(plugin, { message }));
      }
    }
    return { good: plugins.filter((plugin) => accepted.includes(plugin)), clashes };
  }
}

function resultOf(set: ManifestSet, found: ReadonlyMap<string, readonly ManifestError[]>) {
  const refused = set.broken.map((plugin) => ({
    ...plugin,
    errors: [
      ...plugin.errors,
      ...(set.refused.some(({ file }) => file === plugin.file) ? (found.get(plugin.name) ?? []) : []),
    ],
  }));
  const wrong = set.plugins.flatMap(({ manifest: { name }, file }) => {
    const errors = found.get(name) ?? [];
    return errors.length > 0 ? [{ name, file, errors }] : [];
  });
  return {
    broken: [...refused, ...wrong].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    errors: [...set.errors, ...[...found.values()].flat()],
  };
}
