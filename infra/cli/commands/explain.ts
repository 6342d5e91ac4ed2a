import { CommandError } from '../command-error.ts';
import { PRICES } from '../cost/prices.ts';
import { explainedPlugin } from '../explain/facts.ts';
import { showExplained } from '../explain/show.ts';
import type { CommandResult } from '../output/result.ts';
import { manifestsOf, pluginNamed } from '../project/plugins.ts';
import { synthesizeProject } from '../project/synthesized.ts';

/**
 * What a plugin of this project becomes, may do and costs, from its templates.
 * @param durationMs how long a call is assumed to take
 */
export async function explainPlugin(
  rootDir: string,
  name: string,
  durationMs: number,
): Promise<CommandResult> {
  const set = manifestsOf(rootDir);
  const plugin = pluginNamed(set, name);
  const synthesized = synthesizeProject(rootDir);
  const explained = await explainedPlugin(rootDir, { plugin, set, synthesized }, durationMs);
  const { assembly } = await synthesized;
  if (!assembly.plugins.some((one) => one.plugin === name)) {
    throw new CommandError('plugin-broken', `the code of "${name}" has errors, so that it has no templates`, {
      fix: 'correct them; npm run validate shows them with their places',
    });
  }
  return {
    json: { ...explained, durationMs, pricesAsOf: PRICES.asOf },
    show: (view) => showExplained(explained, view),
  };
}
