import { join } from 'node:path';
import { manifestError } from '#infra/manifest/errors.ts';
import { formatErrors } from '#infra/manifest/format.ts';
import { loadManifests, PLATFORM_VERSION } from '#infra/manifest/load.ts';
import type { BrokenPlugin, LoadedPlugin, ManifestError, ManifestSet } from '#infra/manifest/types.ts';
import { cachedBundle, createHasher, type CachedBundle, type Hasher } from './bundle-cache.ts';
import type { ComposedPlugin } from './compose/composed-plugin.ts';
import { describePlugins, type Descriptions } from './compose/describe-plugins.ts';
import { directoryOf } from './compose/directory.ts';
import { bareSchema } from './compose/graphql-bare.ts';
import { graphqlFront } from './compose/graphql-schema.ts';
import { openApiOf } from './compose/openapi.ts';
import { bundlePlatform, platformRoutes, writeData, type PlatformFunctionRoutes } from './platform-bundle.ts';
import type { FunctionSize } from './report.ts';
import { scratchDir } from './scratch.ts';

export interface PrepareOptions {
  readonly rootDir: string;
  readonly stage: string;
  /** Whether the API demands tokens. */
  readonly secured: boolean;
  /** Leaves broken plugins out instead of refusing. */
  readonly keepGoing: boolean;
  readonly describeTimeoutMs?: number | undefined;
}

export interface PreparedPlugin extends LoadedPlugin {
  readonly codeDir: string;
}

/** Everything that stacks are made from: manifests, bundles and what was composed of all plugins. */
export interface Prepared {
  readonly plugins: readonly PreparedPlugin[];
  /** Every plugin with a valid manifest, also those whose code is broken: what they own keeps its name. */
  readonly known: readonly LoadedPlugin[];
  /** Everything that is wrong with what was left out, and with what belongs to no plugin. */
  readonly errors: readonly ManifestError[];
  readonly platformDir: string;
  readonly relayDir: string;
  readonly routes: PlatformFunctionRoutes;
  /** Sizes of all functions, by bundle. */
  readonly sizes: Readonly<Record<string, readonly FunctionSize[]>>;
}

/** What is wrong with the plugins, as text for a person. */
export class PrepareError extends Error {
  override readonly name = 'PrepareError';
}

interface Outcome {
  readonly bundles: ReadonlyMap<string, CachedBundle>;
  readonly failures: ReadonlyMap<string, string>;
  readonly descriptions: Descriptions;
}

async function buildAll(options: PrepareOptions, set: ManifestSet, hasher: Hasher): Promise<Outcome> {
  const bundles = new Map<string, CachedBundle>();
  const failures = new Map<string, string>();
  const bundleOne = async ({ manifest, root }: LoadedPlugin): Promise<void> => {
    const { name, functions, build } = manifest;
    const entries = [...new Set(Object.values(functions).map(({ entry }) => entry))].sort();
    const request = { name, root: join(options.rootDir, root), entries, keep: build.keep };
    try {
      bundles.set(name, await cachedBundle(request, hasher));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failures.set(name, message.replaceAll(`${name}: `, ''));
    }
  };
  const [descriptions] = await Promise.all([
    describePlugins(options.rootDir, set.plugins, options.describeTimeoutMs),
    ...set.plugins.map(bundleOne),
  ]);
  for (const [name, reason] of Object.entries(descriptions.failed)) failures.set(name, reason);
  return { bundles, failures, descriptions };
}

/** Reads, builds and composes all plugins. @throws PrepareError with everything that is wrong, unless it keeps going */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const set = loadManifests(options.rootDir, { stage: options.stage });
  if (set.errors.length > 0 && !options.keepGoing) {
    throw new PrepareError(formatErrors(set.errors, { color: process.stderr.isTTY }));
  }
  const hasher = createHasher();
  const [{ bundles, failures, descriptions }, { platform, relay }, routes] = await Promise.all([
    buildAll(options, set, hasher),
    bundlePlatform(scratchDir('platform'), hasher),
    platformRoutes(),
  ]);
  if (failures.size > 0 && !options.keepGoing)
    throw new PrepareError([...failures].map(([name, reason]) => `${name}: ${reason}`).join('\n'));

  const good = set.plugins.flatMap((plugin): (ComposedPlugin & PreparedPlugin)[] => {
    const { name } = plugin.manifest;
    const codeDir = bundles.get(name)?.dir;
    const description = descriptions.described[name];
    return codeDir && description && !failures.has(name) ? [{ ...plugin, codeDir, description }] : [];
  });
  const unbuilt = unbuiltOf(set.plugins, failures);
  const broken = [...set.broken, ...unbuilt].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const own = {
    version: PLATFORM_VERSION,
    routes: { ...routes.plugins, ...routes.graphql },
    ...descriptions.platform,
  };
  const { sdl, fields } = graphqlFront(good);
  const bare = bareSchema(sdl);
  await writeData(platform.dir, {
    directory: directoryOf(good, broken),
    graphql: { sdl: bare.sdl, fields },
    'graphql-texts': bare.texts,
    openapi: openApiOf(good, own, options.secured),
  });
  const sizes = Object.fromEntries([
    ...good.map(({ manifest: { name } }) => [name, bundles.get(name)?.sizes ?? []] as const),
    ['platform', [...platform.sizes, ...relay.sizes]] as const,
  ]);
  return {
    plugins: good,
    known: set.plugins,
    errors: [...set.errors, ...unbuilt.flatMap(({ errors }) => errors)],
    platformDir: platform.dir,
    relayDir: relay.dir,
    routes,
    sizes,
  };
}

/** Plugins whose manifest is valid but whose code is not. */
function unbuiltOf(
  plugins: readonly LoadedPlugin[],
  failures: ReadonlyMap<string, string>,
): readonly BrokenPlugin[] {
  return plugins.flatMap(({ manifest: { name }, file }) => {
    const given = failures.get(name);
    if (given === undefined) return [];
    const error = manifestError('PLG301', {
      plugin: name,
      file,
      line: 1,
      path: [],
      given,
      allowed: 'code that can be bundled, and a plugin.ts that can be imported',
      fix: 'Correct the code; the plugin is taken up then.',
    });
    return [{ name, file, errors: [error] }];
  });
}
