import { isObject, type JsonObject, parseJson } from '../json.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { State } from '../state/types.ts';
import { BadInputError, type ConfigRequest } from './input.ts';

/**
 * Stores values in the secret of a plugin, over those that are there, without a check: as whoever may write the secret
 * itself. @throws BadInputError when the plugin has no configuration
 */
export function storeConfig(
  { plugin, values, configVersion }: ConfigRequest,
  { plugins, secrets: all }: Assembly,
  { secrets }: Pick<State, 'secrets'>,
): void {
  const found = plugins.find((one) => one.plugin === plugin);
  const secret = all.find(({ arn }) => arn === found?.secretArn);
  if (!found || !secret) {
    const configured = plugins.filter(({ secretArn }) => secretArn !== undefined);
    const allowed = configured.map((one) => one.plugin).join(', ') || 'none';
    throw new BadInputError(`plugin must be one with a configuration: ${allowed}`);
  }
  const stored = parseJson(secrets.staged(secret.name)?.text ?? '');
  const document = isObject(stored) ? stored : {};
  const merged = isObject(document['values']) ? merge(document['values'], values) : values;
  const version = configVersion ?? found.configVersion;
  secrets.put(secret.name, JSON.stringify({ configVersion: version, values: merged }));
}

const merge = (under: JsonObject, over: JsonObject): JsonObject => ({
  ...under,
  ...Object.fromEntries(
    Object.entries(over).map(([name, value]) => {
      const below = under[name];
      return [name, isObject(below) && isObject(value) ? merge(below, value) : value];
    }),
  ),
});
