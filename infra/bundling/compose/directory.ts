import type { Manifest } from '#infra/manifest/schema.ts';
import type { BrokenPlugin, ManifestError } from '#infra/manifest/types.ts';
import type { ComposedPlugin } from './composed-plugin.ts';

interface DirectoryOperation {
  readonly name: string;
  readonly summary: string;
  readonly scope: string;
  readonly http?: { readonly method: string; readonly path: string };
  readonly graphql?: { readonly kind: 'query' | 'mutation'; readonly field: string };
}

interface DirectoryPlugin {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly author: string;
  /** Public operations only. */
  readonly operations: readonly DirectoryOperation[];
  readonly webhooks: readonly { readonly name: string; readonly path: string }[];
  readonly events: {
    readonly publishes: readonly { readonly type: string; readonly version: string }[];
    readonly subscribes: readonly {
      readonly name: string;
      readonly type: string;
      readonly version: string;
    }[];
  };
  readonly dependencies: readonly {
    readonly name: string;
    readonly version: string;
    readonly optional: boolean;
    /** Those of its operations that this plugin calls. */
    readonly operations: readonly string[];
  }[];
  /** Key of the function that answers health checks; undefined when the plugin has none that runs operations. */
  readonly function?: string;
  /** Until somebody loads or unloads it; `loaded` when left out. */
  readonly initialState?: 'registered';
  readonly hasSubscriptions: boolean;
  /** Keys of the functions whose event source mappings are disabled while the plugin is unloaded. */
  readonly subscriptionFunctions: readonly string[];
  /** Errors of the plugin's current state while its last good build is served; only in a local run. */
  readonly errors?: readonly ManifestError[];
}

/** The list behind `GET /plugins`. */
interface Directory {
  readonly plugins: readonly DirectoryPlugin[];
  /** Plugins left out of this deployment because of errors; only in a local run. */
  readonly broken: readonly BrokenPlugin[];
}

/** Key of the function that answers a plugin's health checks: one that runs operations. */
export function healthFunctionOf({ operations, functions }: Manifest): string | undefined {
  const [first] = Object.values(operations);
  return first?.function ?? ('api' in functions ? 'api' : undefined);
}

/** Key of the function that checks a plugin's configuration: any that is started; undefined when none is. */
export function configFunctionOf(manifest: Manifest): string | undefined {
  const { events, schedules, webhooks } = manifest;
  const [started] = [events.subscribes, schedules, webhooks].flatMap((units) => Object.values(units));
  return healthFunctionOf(manifest) ?? started?.function;
}

function entryOf({ manifest, description, failing }: DirectorySource): DirectoryPlugin {
  const operations = Object.entries(manifest.operations);
  const subscribes = Object.entries(manifest.events.subscribes);
  const health = healthFunctionOf(manifest);
  return {
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    author: manifest.author,
    operations: operations
      .filter(([, { expose }]) => expose === 'public')
      .map(([name, { scope, http, graphql }]) => ({
        name,
        summary: description.operations[name]?.summary ?? '',
        scope,
        ...(http && { http }),
        ...(graphql && { graphql }),
      })),
    webhooks: Object.entries(manifest.webhooks).map(([name, { path }]) => ({ name, path })),
    events: {
      publishes: manifest.events.publishes,
      subscribes: subscribes.map(([name, { type, version }]) => ({ name, type, version })),
    },
    dependencies: Object.entries(manifest.dependencies).map(
      ([name, { version, optional, operations: called }]) => ({
        name,
        version,
        optional,
        operations: called,
      }),
    ),
    ...(health !== undefined && { function: health }),
    ...(failing && { errors: failing }),
    ...(manifest.deploy.load === 'manual' && { initialState: 'registered' as const }),
    hasSubscriptions: subscribes.length > 0,
    subscriptionFunctions: [...new Set(subscribes.map(([, subscription]) => subscription.function))].sort(),
  };
}

interface DirectorySource extends ComposedPlugin {
  readonly failing?: readonly ManifestError[];
}

/**
 * Builds the directory, in the order of the plugins' names.
 * @param broken all that are broken, also those whose last good build is served
 */
export function directoryOf(plugins: readonly DirectorySource[], broken: Directory['broken']): Directory {
  const leftOut = broken.filter(({ file }) => !plugins.some((plugin) => plugin.file === file));
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  return {
    plugins: plugins.map(entryOf).sort(byName),
    broken: leftOut.toSorted(byName),
  };
}
