import { formatErrors } from '#infra/manifest/format.ts';
import { movesInSteps } from '#infra/manifest/deploy.ts';
import { PLATFORM_VERSION } from '#infra/manifest/load.ts';
import type { LoadedPlugin, ManifestError } from '#infra/manifest/types.ts';
import { hasColors } from '#infra/process/colors.ts';
import { createHasher } from './file-hash.ts';
import { checkPlugins } from './check.ts';
import { configsOf } from './compose/configs.ts';
import { directoryOf } from './compose/directory.ts';
import { bareSchema } from './compose/graphql-bare.ts';
import { composeGraphql } from './compose/graphql-schema.ts';
import { openApiOf } from './compose/openapi.ts';
import { routeOwnersOf } from './compose/route-owners.ts';
import type { DescribingReads } from './compose/types.ts';
import { lastGoodOf, type ServedPlugin } from './last-good.ts';
import {
  bundleConsole,
  bundleDeployCheck,
  bundlePlatform,
  platformRoutes,
  writeData,
  type PlatformFunctionRoutes,
} from './platform-bundle.ts';
import type { FunctionSize } from './report.ts';
import { scratchDir } from './scratch.ts';

interface PrepareOptions {
  readonly rootDir: string;
  readonly stage: string;
  /** Output folder of the synth before: a broken plugin keeps its build of then. */
  readonly lastGoodDir: string;
  /** Whether the API demands tokens. */
  readonly secured: boolean;
  /** Whether the description of the API needs no token. */
  readonly publicOpenApi: boolean;
  /** Whether the API serves the console. */
  readonly servesConsole: boolean;
  /** For the local runner: leaves broken plugins out instead of refusing, and on stage `local` adds source maps. */
  readonly keepGoing: boolean;
  readonly describeTimeoutMs?: number | undefined;
}

/** What was read besides the project's own folders. */
export interface SynthReads extends DescribingReads {
  /** Hash of each file, by its path: absolute or relative to the platform's root. */
  readonly files: Readonly<Record<string, string>>;
}

/** The input of all stacks: manifests, bundles and what was composed of all plugins. */
export interface Prepared {
  readonly plugins: readonly ServedPlugin[];
  /** Every plugin with a valid manifest, also those whose code is broken: what they own keeps its name. */
  readonly known: readonly LoadedPlugin[];
  /** The errors of plugins that were left out, and those that belong to no plugin. */
  readonly errors: readonly ManifestError[];
  readonly warnings: readonly ManifestError[];
  readonly platformDir: string;
  readonly relayDir: string;
  /** Undefined where no plugin's traffic moves in steps. */
  readonly deployCheckDir: string | undefined;
  /** Undefined where the deployment has no console. */
  readonly consoleDir: string | undefined;
  readonly routes: PlatformFunctionRoutes;
  /** The GraphQL schema of all plugins, with descriptions. */
  readonly sdl: string;
  /** Sizes of all functions, by bundle. */
  readonly sizes: Readonly<Record<string, readonly FunctionSize[]>>;
  /** What was read of the files that bundles are made of, and by the plugins' code. */
  readonly reads: SynthReads;
}

/** The errors of all plugins, formatted for a terminal. */
class PrepareError extends Error {
  override readonly name = 'PrepareError';
}

/** Checks, builds and composes all plugins. @throws PrepareError with all errors, unless `keepGoing` is set */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const { rootDir, stage, lastGoodDir, keepGoing, describeTimeoutMs: timeoutMs } = options;
  const hasher = createHasher();
  const [checked, { platform, relay }, consoleBundle, routes] = await Promise.all([
    checkPlugins({ rootDir, stage, hasher, timeoutMs, sourceMaps: keepGoing && stage === 'local' }),
    bundlePlatform(scratchDir('platform'), hasher),
    options.servesConsole ? bundleConsole(scratchDir('console'), hasher) : undefined,
    platformRoutes(options),
  ]);
  const { errors, warnings, broken, known } = checked;
  if (errors.length > 0 && !keepGoing) {
    throw new PrepareError(formatErrors(errors, { color: hasColors(process.stderr) }));
  }
  const kept = keepGoing ? lastGoodOf(checked, rootDir, lastGoodDir) : [];
  const served: readonly ServedPlugin[] = [...checked.good, ...kept];
  refuseConflicts(served);
  const inSteps = served.some(({ manifest }) => movesInSteps(manifest.deploy));
  const deployCheck = inSteps ? await bundleDeployCheck(hasher) : undefined;
  const own = {
    version: PLATFORM_VERSION,
    routes: { ...routes.plugins, ...routes.config, ...routes.graphql },
    ...checked.platform,
  };
  const { sdl, fields } = composeGraphql(served);
  const bare = bareSchema(sdl);
  await writeData(platform.dir, {
    directory: directoryOf(served, broken),
    config: configsOf(served),
    graphql: { schema: bare.schema, fields },
    'graphql-texts': bare.texts,
    openapi: openApiOf(served, own, options.secured),
    routes: routeOwnersOf(served, own.routes),
  });
  const sizes = Object.fromEntries([
    ...served.map(({ manifest: { name }, bundle }) => [name, bundle.sizes] as const),
    [
      'platform',
      [...platform.sizes, ...relay.sizes, ...(deployCheck?.sizes ?? []), ...(consoleBundle?.sizes ?? [])],
    ] as const,
  ]);
  const asServed = new Map(kept.map((plugin) => [plugin.manifest.name, plugin]));
  return {
    plugins: served,
    known: [...known.filter(({ manifest }) => !asServed.has(manifest.name)), ...kept],
    errors,
    warnings,
    platformDir: platform.dir,
    relayDir: relay.dir,
    deployCheckDir: deployCheck?.dir,
    consoleDir: consoleBundle?.dir,
    routes,
    sdl,
    sizes,
    reads: { ...checked.reads, files: await hasher.hashed() },
  };
}

/** Throws for a last good build that conflicts with a name that another plugin has taken since. */
function refuseConflicts(served: readonly ServedPlugin[]): void {
  const owners = new Map<string, ServedPlugin>();
  for (const plugin of served) {
    const { operations, webhooks } = plugin.manifest;
    const claims = [
      ...Object.values(operations).map(
        ({ http }) => http && `${http.method} ${http.path.replaceAll(/\{\w+\}/g, '{}')}`,
      ),
      ...Object.values(operations).map(({ graphql }) => graphql && `${graphql.kind} ${graphql.field}`),
      ...Object.values(webhooks).map(({ path }) => path),
    ];
    for (const claim of claims.filter((one) => one !== undefined)) {
      const owner = owners.get(claim) ?? plugin;
      owners.set(claim, owner);
      if (owner === plugin) continue;
      const [kept, other] = plugin.failing ? [plugin, owner] : [owner, plugin];
      const reasons = formatErrors(kept.failing ?? [], { color: false });
      throw new PrepareError(
        `${other.file} takes ${claim}, which the last good build of ${kept.file} still serves\n\n${reasons}`,
      );
    }
  }
}
