import { platformProblem } from '#runtime/contract/errors.ts';
import type { Actor } from '../registry/audit.ts';
import type { HistoryServices, LabelledVersion } from './history.ts';

const ROUNDS_MAX = 5;

/**
 * Records who gets the secrets of a configuration, before they are given out: an export changes nothing else.
 * @throws ProblemError 503 `registry-unavailable`
 */
export async function auditExport(
  plugin: string,
  { version: { id, label }, actor }: { readonly version: LabelledVersion; readonly actor: Actor },
  { registry }: Pick<HistoryServices, 'registry'>,
): Promise<void> {
  const exported = { configVersionId: id, label };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const entry = await registry.read(plugin);
    const audited = { action: 'config-export', actor, before: exported, after: exported };
    if (await registry.write(plugin, entry, {}, audited)) return;
  }
  throw platformProblem('registry-unavailable', { detail: 'Others change the plugin at this moment.' });
}
