import { platformProblem } from '#runtime/contract/errors.ts';
import type { Audited, RegistryStore } from '../registry/registry-store.ts';
import type { AuditedState } from '../registry/audit.ts';
import { configProblem } from './errors.ts';
import type { ChangeStore, ConfigChange } from './change-store.ts';
import { CURRENT, PENDING, type SecretStore, type SecretVersion } from './secret-store.ts';

export interface HistoryServices {
  readonly secrets: SecretStore;
  readonly changes: ChangeStore;
  readonly registry: Pick<RegistryStore, 'read' | 'write'>;
}

/** The versions of a configuration that can be returned to, and the one in force. */
export interface History {
  readonly current: LabelledVersion;
  /** Newest first. */
  readonly versions: readonly LabelledVersion[];
  readonly changes: readonly ConfigChange[];
}

export interface LabelledVersion extends SecretVersion {
  /** `cfg-<n>` */
  readonly label: string;
}

/**
 * Secrets Manager allows 20 labels over all versions of a secret (its quotas, 2026-11): three are its own, and one is
 * attached before the oldest goes.
 */
const LABELS_MAX = 16;
const MAX_ROUNDS = 5;
const LABEL = /^cfg-([1-9]\d*)$/;

const numberOf = ({ stages }: SecretVersion): number =>
  Math.max(0, ...stages.map((stage) => Number(LABEL.exec(stage)?.[1] ?? 0)));

/** `cfg-<n>`; undefined for a version that has none yet. */
export const labelOf = ({ stages }: SecretVersion): string | undefined =>
  stages.find((stage) => LABEL.test(stage));

const holderOf = (versions: readonly SecretVersion[], stage: string): SecretVersion | undefined =>
  versions.find(({ stages }) => stages.includes(stage));

/**
 * Reads the history and repairs what a crash has left: the version in force gets its label, and the registry, by which
 * running functions notice a change, is set to it with the entry of the audit. Secrets Manager's AWSCURRENT decides.
 */
export async function settledHistory(plugin: string, services: HistoryServices): Promise<History> {
  const { secrets, changes, registry } = services;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    // Before the versions: an entry that changes in between makes the write below fail, and not the other way round.
    const entry = await registry.read(plugin);
    const versions = await secrets.versions(plugin);
    const current = holderOf(versions, CURRENT);
    if (!current) throw configProblem('config-unreadable', { detail: 'No version is in force.' });
    if (numberOf(current) === 0) {
      const next = Math.max(...versions.map(numberOf)) + 1;
      await secrets.move(plugin, `cfg-${next}`, { to: current.id });
      continue;
    }
    const known = await changes.list(plugin);
    const history = historyOf(current, versions, known);
    const change = changeTo(current.id, entry.configVersionId, known);
    // Nothing has ever been changed here: every function reads what is in force at its start.
    if (entry.configVersionId === current.id || (entry.configVersionId === undefined && !change))
      return history;
    const from = history.versions.find(({ id }) => id === (entry.configVersionId ?? change?.from));
    const written = await registry.write(
      plugin,
      entry,
      { configVersionId: current.id },
      auditOf(change, { from, to: history.current }),
    );
    if (written) return history;
  }
  throw platformProblem('registry-unavailable', { detail: 'Others change the plugin at this moment.' });
}

function historyOf(
  current: SecretVersion,
  versions: readonly SecretVersion[],
  changes: readonly ConfigChange[],
): History {
  const labelled = versions
    .filter((version) => numberOf(version) > 0)
    .sort((a, b) => numberOf(b) - numberOf(a))
    .map((version) => ({ ...version, label: `cfg-${numberOf(version)}` }));
  return {
    current: { ...current, label: `cfg-${numberOf(current)}` },
    versions: labelled,
    changes,
  };
}

/** The change that made a version the one in force; undefined for one that was made outside of this function. */
function changeTo(to: string, from: string | undefined, changes: readonly ConfigChange[]) {
  const all = changes.filter((change) => change.to === to).sort((a, b) => (a.at < b.at ? 1 : -1));
  return all.find((change) => change.from === from) ?? (from === undefined ? all[0] : undefined);
}

function auditOf(
  change: ConfigChange | undefined,
  { from, to }: { from: LabelledVersion | undefined; to: LabelledVersion },
): Audited {
  const before: AuditedState = from ? { configVersionId: from.id, label: from.label } : {};
  const after = { configVersionId: to.id, label: to.label };
  if (!change) {
    const actor = { by: 'unknown', requestId: 'unknown' };
    return { action: 'config-external', actor, before, after };
  }
  const { action, at: _at, from: _from, to: _to, isNew: _isNew, changed, configVersion, ...actor } = change;
  return { action, actor, before, after: { ...after, configVersion, changed } };
}

/** Takes labels off the oldest versions, and forgets what is known of them; and AWSPENDING off the one in force. */
export async function pruneHistory(
  plugin: string,
  { current, versions, changes }: History,
  { secrets, changes: store, now }: HistoryServices & { readonly now: () => Date },
): Promise<void> {
  if (current.stages.includes(PENDING)) await secrets.move(plugin, PENDING, { from: current.id });
  const tooOld = versions.slice(LABELS_MAX).filter(({ id }) => id !== current.id);
  for (const { id, label } of tooOld) await secrets.move(plugin, label, { from: id });
  const kept = new Set(versions.filter((version) => !tooOld.includes(version)).map(({ id }) => id));
  for (const change of changes.filter(({ to }) => !kept.has(to))) {
    // One that is not kept and younger belongs to a writer that has not finished yet.
    const isOver = now().getTime() - Date.parse(change.at) > UNFINISHED_MS;
    if (isOver) await store.remove(plugin, change);
  }
}

/** Longer than any invocation lasts. */
const UNFINISHED_MS = 15 * 60_000;
