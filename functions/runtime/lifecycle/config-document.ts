import type { ConfigMigrations } from '../contract/plugin.ts';
import { isJsonObject } from '../json-object.ts';
import { ConfigError } from './config-error.ts';

export type ConfigValues = Readonly<Record<string, unknown>>;

/** What a plugin's secret holds: values, and the version of the shape that they have. */
export interface ConfigDocument {
  readonly configVersion: number;
  readonly values: ConfigValues;
}

/** The version of the shape that the code knows, and the way there from older ones. */
export interface ConfigShape {
  readonly plugin: string;
  /** `config.version` of the manifest. */
  readonly version: number;
  readonly migrations: ConfigMigrations;
}

/** Reads the text of a secret. @throws ConfigError that does not quote it */
export function parseConfigDocument(plugin: string, text: string | undefined): ConfigDocument {
  let document: unknown;
  try {
    document = JSON.parse(text ?? '');
  } catch {
    // The parser's own message quotes the text, which is secret.
    throw new ConfigError(plugin, [{ path: '', message: 'is not valid JSON' }]);
  }
  const { values = {}, configVersion = 1 } = isJsonObject(document) ? document : { values: document };
  if (!isJsonObject(values))
    throw new ConfigError(plugin, [{ path: 'values', message: 'must be an object' }]);
  if (!Number.isInteger(configVersion) || Number(configVersion) < 1) {
    throw new ConfigError(plugin, [{ path: 'configVersion', message: 'must be a positive integer' }]);
  }
  return { configVersion: Number(configVersion), values };
}

/** Whether a document has a shape that the code does not know. Without a value it has none, whatever its version. */
export const isNewer = ({ configVersion, values }: ConfigDocument, { version }: ConfigShape): boolean =>
  configVersion > version && Object.keys(values).length > 0;

/**
 * The document in the shape that the code knows; the one that is stored stays as it is.
 * @throws ConfigError for one that is newer than the code, or that a step cannot make into the next version
 */
export function migrateConfig(document: ConfigDocument, shape: ConfigShape): ConfigDocument {
  const { plugin, version, migrations } = shape;
  // Nothing in it has a shape: so every secret begins, whatever the version of the plugin.
  if (Object.keys(document.values).length === 0) return { configVersion: version, values: document.values };
  const refuse = (message: string): never => {
    throw new ConfigError(plugin, [{ path: 'configVersion', message }]);
  };
  if (isNewer(document, shape)) {
    refuse(`is ${document.configVersion}, and this version of the plugin knows up to ${version}`);
  }
  let { values } = document;
  for (let at = document.configVersion; at < version; at++) {
    const step = migrations[at] ?? refuse(`is ${at}, and no migration leads from there to ${at + 1}`);
    values = migrated(step, values, (reason) =>
      refuse(`cannot be brought from ${at} to ${at + 1}: ${reason}`),
    );
  }
  return { configVersion: version, values };
}

function migrated(
  step: ConfigMigrations[number],
  values: ConfigValues,
  refuse: (reason: string) => never,
): ConfigValues {
  let next: unknown;
  try {
    next = step(structuredClone(values));
  } catch (error) {
    // Only the name: a message may quote the values.
    return refuse(`its migration threw ${error instanceof Error ? error.name : 'something'}`);
  }
  return isJsonObject(next) ? next : refuse('its migration returned no object');
}
