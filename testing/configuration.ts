import type { TestClient } from './callers.ts';
import { type Json, request } from './client.ts';

type Values = Readonly<Record<string, unknown>>;

/** A configuration that a test makes up, secrets among its values. */
export interface TestConfigDocument {
  readonly values: Values;
  /** Version of the shape of the values; today's when left out. An older one is migrated when the plugin reads it. */
  readonly version?: number;
}

/** The configurations of plugins, while the system runs. */
export interface TestConfiguration {
  /** The values that are stored, secrets masked. */
  get(plugin: string): Promise<Values>;
  /**
   * Changes values through the API, as an operator does: checked by the plugin before they are in force. `null` takes one
   * away. Running functions take them on within a second, with their next call.
   * @throws Error with the paths that were refused, and why
   */
  change(plugin: string, values: Values): Promise<void>;
}

/**
 * Stores what a test made up, over what the sandboxes have put there and without a check, before a function has read it.
 * @throws Error when the plugin has no configuration
 */
export async function storeConfig(
  url: string,
  plugin: string,
  { values, version }: TestConfigDocument,
): Promise<void> {
  const body = { plugin, values, configVersion: version };
  const answer = await request(url, 'PUT', '/dev/config', { body });
  if (answer.status !== 204)
    throw new Error(`no configuration can be stored for "${plugin}": ${answer.body.message}`);
}

export function createConfiguration(developer: TestClient): TestConfiguration {
  const read = async (plugin: string) => {
    const answer = await developer.request('GET', `/plugins/${plugin}/config`);
    if (answer.status === 200) return answer;
    throw new Error(`the configuration of "${plugin}" cannot be read: ${JSON.stringify(answer.body)}`);
  };
  return {
    get: async (plugin) => (await read(plugin)).body.values as Values,
    async change(plugin, values) {
      const headers = { 'if-match': (await read(plugin)).headers.get('etag') ?? '' };
      const answer = await developer.request('PATCH', `/plugins/${plugin}/config`, { body: values, headers });
      if (answer.status === 200) return;
      const { code, detail, errors = [] } = answer.body;
      const faults = errors.map(({ path, message }: Json) => `${path} ${message}`);
      throw new Error(
        [`the configuration of "${plugin}" was not changed: ${code}`, detail, ...faults].join('; '),
      );
    },
  };
}
