import { nearest } from '#runtime/nearest.ts';
import { unknownVariables } from '#runtime/lifecycle/env-names.ts';
import { screamingSnake } from '#runtime/screaming-snake.ts';
import { describePlugins } from '#infra/bundling/compose/describe-plugins.ts';
import { readSettings } from '#infra/local/runner/settings.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { type Check, fail, ok, warn } from './check.ts';

interface PluginVariables {
  readonly prefix: string;
  readonly names: readonly string[];
}

/** Variables that would override a plugin's configuration, if their names were right. */
export async function checkSettings(
  rootDir: string,
  environment: NodeJS.ProcessEnv,
  plugins: readonly LoadedPlugin[],
): Promise<readonly Check[]> {
  let fromFile: Readonly<Record<string, string>>;
  try {
    fromFile = readSettings(rootDir, {});
  } catch (error) {
    const [detail = '', fix = ''] = (error instanceof Error ? error.message : String(error)).split('): ');
    return [fail('.env', `${detail})`, fix)];
  }
  const known = await variablesOf(rootDir, plugins);
  const all = { ...fromFile, ...environment };
  const unknown = known.flatMap(({ prefix, names }) => unknownVariables(names, prefix, all));
  const lost = misspelt(Object.keys(fromFile), known);
  const checks = [...unknown, ...lost].map(({ name, nearest: near }) =>
    warn(
      name in fromFile ? '.env' : 'environment',
      `${name} is no value of any configuration`,
      near === undefined ? 'remove it; npm run plugins -- explain lists the variables' : `write ${near}`,
    ),
  );
  const count = Object.keys(fromFile).length;
  return checks.length > 0
    ? checks
    : [ok('.env', count === 0 ? 'sets nothing' : `sets ${count} known variables`)];
}

async function variablesOf(
  rootDir: string,
  plugins: readonly LoadedPlugin[],
): Promise<readonly PluginVariables[]> {
  const configured = plugins.filter(({ manifest }) => manifest.config !== undefined);
  const { described } = await describePlugins(rootDir, configured);
  return configured.map(({ manifest: { name, config } }) => {
    const prefix = config?.envPrefix ?? '';
    const leaves = described[name]?.facts.config.leaves ?? [];
    return { prefix, names: leaves.map((path) => `${prefix}_${screamingSnake(path)}`) };
  });
}

/** Variables whose prefix is misspelt already, so that no plugin would ever warn of them. */
function misspelt(
  given: readonly string[],
  known: readonly PluginVariables[],
): readonly { readonly name: string; readonly nearest: string }[] {
  const names = known.flatMap((plugin) => plugin.names);
  return given
    .filter((name) => !known.some(({ prefix }) => name.startsWith(`${prefix}_`)))
    .flatMap((name) => {
      const near = nearest(name, names);
      return near === undefined ? [] : [{ name, nearest: near }];
    });
}
