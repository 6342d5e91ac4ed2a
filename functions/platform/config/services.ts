import type { PluginCaller } from '#runtime/call.ts';
import { unknownPlugin, type Directory } from '../data.ts';
import { configProblem } from './errors.ts';
import type { BackupStore } from './backup-store.ts';
import type { ConfigLeaf } from './document.ts';
import type { HistoryServices } from './history.ts';

/** What synth says of a plugin's configuration (`data/config.json`). */
export interface PluginConfigData {
  /** `config.version` of the manifest. */
  readonly version: number;
  /** Key of the function that checks configurations; undefined when nothing starts one. */
  readonly function?: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly leaves: readonly ConfigLeaf[];
}

export interface ConfigServices extends HistoryServices {
  readonly directory: Directory;
  readonly configs: Readonly<Record<string, PluginConfigData>>;
  /** Undefined where the deployment has no key for backups. */
  readonly backups: BackupStore | undefined;
  readonly caller: Pick<PluginCaller, 'config'>;
  readonly now: () => Date;
  readonly stage: string;
  /** Whether callers are known by their tokens. */
  readonly isSecured: boolean;
}

/** A plugin with a configuration, as it is deployed. */
export interface ConfiguredPlugin extends PluginConfigData {
  readonly name: string;
}

/** @throws ProblemError 404 for one that there is not or that has no configuration */
export function configuredPlugin({ directory, configs }: ConfigServices, name: string): ConfiguredPlugin {
  const plugin = directory.plugins.find((one) => one.name === name);
  if (!plugin) {
    if (directory.broken.some((one) => one.name === name)) throw brokenPlugin(name);
    throw unknownPlugin(name);
  }
  const config = Object.hasOwn(configs, name) ? configs[name] : undefined;
  if (!config) throw configProblem('no-configuration', { detail: `"${name}" declares no configuration.` });
  return { ...config, name };
}

/** The same, for a change: not while its current code is broken. @throws ProblemError 409 `plugin-broken` */
export function changeablePlugin(services: ConfigServices, name: string): ConfiguredPlugin {
  const plugin = configuredPlugin(services, name);
  if (services.directory.plugins.find((one) => one.name === name)?.errors) throw brokenPlugin(name);
  return plugin;
}

const brokenPlugin = (name: string) =>
  configProblem('plugin-broken', {
    detail: `Mend "${name}" first: GET /plugins/${name} says what is wrong.`,
  });
