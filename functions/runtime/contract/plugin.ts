import type { $ZodType } from 'zod/v4/core';
import type { HealthReport } from './health.ts';
import type { Consistent, TableName } from './manifest-types.ts';
import type { Operation } from './operation.ts';

/** The part of `plugin.json` that the running plugin relies on. Source: `infra/manifest/schema.ts`. */
export interface PluginManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly author: string;
  readonly operations?: Readonly<Record<string, ManifestOperation>>;
  readonly webhooks?: Readonly<Record<string, { readonly path: string; readonly maxBodyBytes?: number }>>;
  readonly events?: {
    readonly publishes?: readonly { readonly type: string; readonly version: string }[];
    readonly subscribes?: Readonly<Record<string, { readonly type: string; readonly version: string }>>;
  };
  readonly schedules?: Readonly<Record<string, { readonly function: string }>>;
  readonly tables?: Readonly<Record<string, unknown>>;
  readonly functions?: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, readonly string[]>>;
  readonly config?: { readonly version: number; readonly envPrefix?: string };
}

/** How the manifest binds one operation. */
export interface ManifestOperation {
  /** Route of the API, e.g. `POST` and `/payments/{id}/capture`. */
  readonly http?: { readonly method: string; readonly path: string };
  /** `query` or `mutation`, and the name of the field. */
  readonly graphql?: { readonly kind: string; readonly field: string };
  /** OAuth scope that the caller's token must have; any caller will do when left out. */
  readonly scope?: string;
  /** `public`, also when left out; `internal`: only other plugins call it. */
  readonly expose?: string;
  /** Function that runs it; `api` when left out. */
  readonly function?: string;
}

/** What `initialize` may use of its surroundings. */
export interface PluginEnvironment<M = PluginManifest> {
  /** `local` on a developer's machine; otherwise the name that the stage was deployed under. */
  readonly stage: string;
  /**
   * Names this deployment among all that share an account at some provider: the stage and a hash, at most 27 lower
   * case letters, digits and hyphens. The same after every update of the stacks; no secret.
   */
  readonly deployment: string;
  /** Physical name of a table declared in the manifest. @throws Error when the function has no such table */
  readonly table: (name: TableName<M>) => string;
  /** The time; on the stage `local` that of the local runner's clock, which can be moved forward. */
  readonly now: () => Date;
}

/**
 * Pure functions from the values of one version of the configuration to those of the next, by the older version. They
 * run whenever an older document is read, so they must bear values that lack what is optional. Messages of what they
 * throw are not shown, since they could hold values.
 */
export type ConfigMigrations = Readonly<
  Record<number, (values: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>>
>;

/**
 * What every function of a plugin needs of its code. Operations, webhooks, subscriptions and schedules are no part of it:
 * the entry of the function that serves them names them, so that no other function loads them.
 */
export interface PluginDefinition<M extends PluginManifest, C, S> {
  readonly manifest: M;
  /** Schema of the configuration, which is read from the plugin's secret and its environment variables. */
  readonly config: $ZodType<C>;
  /** Steps from each older version of the configuration to the next: `1` makes values of version 2 out of those of 1. */
  readonly migrations?: ConfigMigrations;
  /**
   * Builds the services that operations work with. Runs once per execution environment, and again with a new
   * configuration; 5 seconds at most. Throwing makes every call answer 503 `plugin-unhealthy`.
   */
  initialize(config: C, environment: PluginEnvironment<M>): S | Promise<S>;
  /** Runs once for what each `initialize` built, before it is used. */
  onLoad?(services: S): void | Promise<void>;
  /** Runs once for what got `onLoad`, when a new configuration has replaced it or the environment ends. */
  onUnload?(services: S): void | Promise<void>;
  /** Answers health checks within 1.5 seconds; a plugin without it is `healthy` once it is initialized. */
  health?(services: S): HealthReport | Promise<HealthReport>;
}

type Operations<M extends PluginManifest> = NonNullable<M['operations']>;

/** Operations that the manifest gives to a function by its key; the others are served by `api`. */
type Placed<M extends PluginManifest> = {
  [K in keyof Operations<M>]: Operations<M>[K] extends { readonly function: string } ? K : never;
}[keyof Operations<M>];

type Unplaced<M extends PluginManifest> = Exclude<keyof Operations<M>, Placed<M>>;

/**
 * The operations of one function: those without `function` in the manifest are given together or not at all, and any of
 * those with it; the build compares these with the function's key.
 */
export type ServedOperations<M extends PluginManifest, S> = {
  readonly [K in Placed<M>]?: Operation<unknown, unknown, S>;
} & (
  | { readonly [K in Unplaced<M>]: Operation<unknown, unknown, S> }
  | ([Placed<M>] extends [never] ? never : { readonly [K in Unplaced<M>]?: never })
);

/** Makes operations that the manifest does not have an error of the compiler. */
export type OnlyDeclared<M extends PluginManifest, O> = {
  readonly [K in Exclude<keyof O, keyof Operations<M>>]: never;
};

/** Gives a plugin its types, and compares the names in its manifest; it adds nothing at run time. */
export function definePlugin<const M extends PluginManifest, C, S>(
  definition: PluginDefinition<M, C, S> & { readonly manifest: Consistent<M> },
): PluginDefinition<M, C, S> {
  return definition;
}
