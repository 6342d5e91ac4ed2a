import { readFileSync } from 'node:fs';
import type { IntrospectionQuery } from 'graphql';
import { platformProblem } from '#runtime/contract/errors.ts';
import type { InitialState } from '#runtime/lifecycle/registry-state.ts';

/** One plugin of this deployment, as synth wrote it beside the bundle (`data/directory.json`). */
export interface DirectoryPlugin {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly author: string;
  readonly operations: readonly unknown[];
  readonly webhooks: readonly unknown[];
  readonly events: unknown;
  readonly dependencies: readonly {
    readonly name: string;
    readonly version: string;
    readonly optional: boolean;
    /** Those of its operations that this plugin calls. */
    readonly operations: readonly string[];
  }[];
  /** Key of the function that answers health checks; undefined for a plugin without operations. */
  readonly function?: string;
  /** State until somebody loads or unloads it; `loaded` when left out. */
  readonly initialState?: InitialState;
  /** Keys of the functions that subscriptions start. */
  readonly subscriptionFunctions: readonly string[];
  /** Errors of the plugin's current state while its last good build is served; only in a local run. */
  readonly errors?: readonly PluginError[];
}

/** One reason why a plugin was left out, or stays as it was, with its place and how to correct it. */
export interface PluginError {
  /** Stable, `PLG` and three digits. */
  readonly code: string;
  /** POSIX path relative to the root directory. */
  readonly file: string;
  /** Line in `file`, from 1. */
  readonly line: number;
  /** JSON pointer (RFC 6901) into `file`; empty for the whole of it. */
  readonly path: string;
  readonly given: string;
  readonly allowed: string;
  readonly fix: string;
  readonly message: string;
}

/** A plugin left out of this deployment because of errors; only in a local run. */
interface BrokenPlugin {
  readonly name: string;
  readonly file: string;
  readonly errors: readonly PluginError[];
}

/** A plugin's error in one line, for places that take a text. */
export const errorLine = ({ code, file, line, message, fix }: PluginError): string =>
  `${code} in ${file}:${line}: ${message}; fix: ${fix}`;

/** All errors of a plugin as one text. */
export const reasonOf = (errors: readonly PluginError[], lastGoodServes: boolean): string =>
  `${errors.map(errorLine).join('; ')}${lastGoodServes ? '; the last good build is served' : ''}`;

/** The error for a name that no plugin of this deployment has. */
export const unknownPlugin = (name: string) =>
  platformProblem('not-found', { detail: `There is no plugin "${name}".` });

/** The order of names; equal ones stay as they are. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : Number(a.name > b.name);

export interface Directory {
  readonly plugins: readonly DirectoryPlugin[];
  readonly broken: readonly BrokenPlugin[];
}

/** The state of a plugin that nobody has ever loaded or unloaded. */
export const initialStateOf = ({ plugins }: Directory, name: string): InitialState =>
  plugins.find((plugin) => plugin.name === name)?.initialState ?? 'loaded';

/** The composed GraphQL schema without descriptions, and the function behind each field (`data/graphql.json`). */
export interface GraphqlData {
  readonly schema: IntrospectionQuery;
  /** By `Query.<field>` or `Mutation.<field>`. */
  readonly fields: Readonly<Record<string, GraphqlField>>;
}

export interface GraphqlField {
  readonly plugin: string;
  readonly function: string;
  readonly operation: string;
  readonly idempotency: 'key' | 'none';
}

/** Reads a file that synth generated. @param folder beside the bundle's entry, because chunks lie elsewhere */
export function readData(folder: URL, name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}
