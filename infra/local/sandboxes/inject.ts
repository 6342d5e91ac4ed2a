import type { Assembly } from '../resources/assembly.ts';
import type { PluginMetadata } from '../resources/plugin.ts';
import type { State } from '../state/types.ts';
import type { SandboxPlan } from './plan.ts';
import { type SandboxSecrets, withValues } from './secrets.ts';

/** Configuration of each sandbox that is started, by plugin and name. */
type SandboxConfigs = ReadonlyMap<string, Readonly<Record<string, string>>>;

export const sandboxKey = (plugin: PluginMetadata, name: string): string => `${plugin.plugin}/${name}`;

/**
 * Makes the plugins' local secrets point at their sandboxes, and no longer at one that real keys replace.
 * @returns what the sandboxes themselves have to know
 */
export function injectSandboxes(
  assembly: Assembly,
  plan: SandboxPlan,
  secrets: SandboxSecrets,
  state: Pick<State, 'secrets'>,
): SandboxConfigs {
  const configs = new Map<string, Readonly<Record<string, string>>>();
  for (const { plugin, sandbox, port } of plan.started) {
    const config = secrets.of(plugin.plugin, sandbox, `http://127.0.0.1:${port}`);
    configs.set(sandboxKey(plugin, sandbox.name), config);
    change(plugin, config);
  }
  for (const { plugin, sandbox } of plan.replaced) {
    change(plugin, Object.fromEntries(Object.keys(sandbox.config).map((path) => [path, undefined])));
  }
  return configs;

  function change(
    { secretArn, configVersion }: PluginMetadata,
    values: Readonly<Record<string, string | undefined>>,
  ): void {
    const name = assembly.secrets.find(({ arn }) => arn === secretArn)?.name;
    if (name === undefined) return;
    state.secrets.put(name, withValues(state.secrets.staged(name)?.text, values, configVersion));
  }
}
