import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlatformRoutes } from './compose/openapi.ts';
import type { BundleRequest } from './bundle.ts';
import { cachedBundle, type CachedBundle } from './bundle-cache.ts';
import { buildConsoleSite } from './console-site.ts';
import type { Throttle } from '#infra/deployment/deployment.ts';
import type { Hasher } from './file-hash.ts';
import { platformRoot } from './platform-imports.ts';

const root = join(platformRoot, 'functions', 'platform');

interface PlatformManifest {
  readonly version: string;
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly http: { readonly method: string; readonly path: string; readonly throttle?: Throttle };
        readonly scope?: string;
      }
    >
  >;
}

/** The platform's functions that serve the API, each with a manifest of its routes. */
const apiFunctions = ['plugins', 'config', 'graphql'] as const;
export type PlatformFunction = (typeof apiFunctions)[number];

export type PlatformFunctionRoutes = Readonly<Record<PlatformFunction, PlatformRoutes>>;

async function routesIn(folder: string, publicOpenApi: boolean): Promise<PlatformRoutes> {
  const { operations } = JSON.parse(
    await readFile(join(root, folder, 'manifest.json'), 'utf8'),
  ) as PlatformManifest;
  return Object.fromEntries(
    Object.entries(operations).map(([name, { http, scope }]) => [
      name,
      {
        ...http,
        scope,
        ...(publicOpenApi && http.path === OPENAPI_PATH && { publicReason: OPENAPI_PUBLIC }),
      },
    ]),
  );
}

/** Where the description of the API is. */
const OPENAPI_PATH = '/openapi.json';
const OPENAPI_PUBLIC =
  'The context has openapi "public" written out: the description of the API holds no data';

/** The routes of the platform's own functions, as their manifests have them. */
export async function platformRoutes({ publicOpenApi = false } = {}): Promise<PlatformFunctionRoutes> {
  const all = apiFunctions.map(async (key) => [key, await routesIn(key, publicOpenApi)] as const);
  return Object.fromEntries(await Promise.all(all)) as PlatformFunctionRoutes;
}

/**
 * The bundles of the platform's functions. The relay is a bundle of its own, so that a new plugin does not redeploy it
 * everywhere; the check of new versions is for plugins whose traffic moves in steps, and the console has its page beside it.
 */
const bundles = {
  platform: { name: 'platform', root, entries: [...apiFunctions, 'backup'].map((key) => `${key}.ts`) },
  relay: { name: 'relay', root, entries: ['relay.ts'] },
  deployCheck: { name: 'deploy-check', root, entries: ['deploy-check.ts'] },
  console: { name: 'console', root, entries: ['console.ts'], defersZod: false },
} as const satisfies Record<string, Omit<BundleRequest, 'outDir'>>;
export const platformBundles: readonly Omit<BundleRequest, 'outDir'>[] = Object.values(bundles);

/**
 * Bundles the platform's functions, into `outDir` because data files are put beside them.
 */
export async function bundlePlatform(
  outDir: string,
  hasher: Hasher,
): Promise<{ readonly platform: CachedBundle; readonly relay: CachedBundle }> {
  const [platform, relay] = await Promise.all([
    cachedBundle(bundles.platform, hasher),
    cachedBundle(bundles.relay, hasher),
  ]);
  await cp(platform.dir, outDir, { recursive: true });
  return { platform: { ...platform, dir: outDir }, relay };
}

export const bundleDeployCheck = (hasher: Hasher): Promise<CachedBundle> =>
  cachedBundle(bundles.deployCheck, hasher);

/** Bundles the function that serves the console into `outDir`, with the page and its files beside it. */
export async function bundleConsole(outDir: string, hasher: Hasher): Promise<CachedBundle> {
  const [code] = await Promise.all([
    cachedBundle(bundles.console, hasher),
    buildConsoleSite(join(outDir, 'site')),
  ]);
  await cp(code.dir, outDir, { recursive: true });
  return { ...code, dir: outDir };
}

/** Writes what the platform's functions read at init beside their code. */
export async function writeData(bundleDir: string, data: Readonly<Record<string, object>>): Promise<void> {
  const dir = join(bundleDir, 'data');
  await mkdir(dir, { recursive: true });
  for (const [name, content] of Object.entries(data)) {
    await writeFile(join(dir, `${name}.json`), JSON.stringify(content));
  }
}
