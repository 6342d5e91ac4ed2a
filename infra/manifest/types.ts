import type { PluginError } from '../../functions/platform/data.ts';
import type { ErrorCode } from './codes.ts';
import type { Manifest } from './schema.ts';

/** One mistake, with all that is needed to correct it. */
export interface ManifestError extends PluginError {
  readonly code: ErrorCode;
  /** Name of the plugin, or its folder or package while the name is unreadable. */
  readonly plugin: string;
}

export interface LoadedPlugin {
  readonly manifest: Manifest;
  /** e.g. `plugins/payment/plugin.json`, a POSIX path relative to the root directory. */
  readonly file: string;
  /** The folder of `file`. */
  readonly root: string;
}

export interface BrokenPlugin {
  readonly name: string;
  readonly file: string;
  readonly errors: readonly ManifestError[];
}

export interface ManifestSet {
  /** Valid plugins, each after those it depends on. */
  readonly plugins: readonly LoadedPlugin[];
  readonly broken: readonly BrokenPlugin[];
  /** Of the broken ones those whose manifest has the right form, so that their code can be checked too. */
  readonly refused: readonly LoadedPlugin[];
  /** Names of all plugins, the one with the better claim first. */
  readonly order: readonly string[];
  /** Every error once, also those that belong to no plugin. */
  readonly errors: readonly ManifestError[];
  /** What is wrong with plugins that are taken all the same. */
  readonly warnings: readonly ManifestError[];
}
