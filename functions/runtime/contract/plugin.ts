import type { $ZodType } from 'zod/v4/core';
import type { HealthReport } from './health.ts';
import type { Operation } from './operation.ts';

/** The part of `plugin.json` that the running plugin relies on. */
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
  readonly config?: { readonly version: number; readonly envPrefix?: string };
}

export interface ManifestOperation {
  readonly http?: { readonly method: string; readonly path: string };
  readonly graphql?: { readonly kind: string; readonly field: string };
  readonly scope?: string;
  readonly expose?: string;
  /** Function that runs it; `api` when left out. */
  readonly function?: string;
}

/** What `initialize` may use of its surroundings. */
export interface PluginEnvironment {
  readonly stage: string;
  /**
   * Names this deployment among all that share an account at some provider: the stage and a hash, at most 27 lower
   * case letters, digits and hyphens. The same after every update of the stacks; no secret.
   */
  readonly deployment: string;
  /** Physical name of a table declared in the manifest. @throws Error when the function has no such table */
  readonly table: (name: string) => string;
  /** The time; on the stage `local` that of the local runner's clock, which can be moved forward. */
  readonly now: () => Date;
}

/** The code of a plugin, bound to its manifest: each operation key has its twin there, or it does not compile. */
export interface PluginDefinition<M extends PluginManifest, C, S> {
  readonly manifest: M;
  readonly config: $ZodType<C>;
  /** Builds what operations work with. Runs once per execution environment, and again with a new configuration. */
  initialize(config: C, environment: PluginEnvironment): S | Promise<S>;
  /** Runs once for what each `initialize` built, before it is used. */
  onLoad?(services: S): void | Promise<void>;
  /** Runs once for what got `onLoad`, when a new configuration has replaced it or the environment ends. */
  onUnload?(services: S): void | Promise<void>;
  health?(services: S): HealthReport | Promise<HealthReport>;
  readonly operations: { readonly [K in keyof M['operations']]: Operation<unknown, unknown, S> };
}

export function definePlugin<const M extends PluginManifest, C, S>(
  definition: PluginDefinition<M, C, S>,
): PluginDefinition<M, C, S> {
  return definition;
}
