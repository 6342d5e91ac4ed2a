import type { ConfigDocument } from '#runtime/lifecycle/config-document.ts';
import type { Actor } from '../registry/audit.ts';
import type { ConfigAction, ConfigChange } from './change-store.ts';
import { differences } from './document.ts';
import { configProblem } from './errors.ts';
import { pruneHistory, settledHistory, type History, type LabelledVersion } from './history.ts';
import { checkVersion, readByPlugin } from './plugin-check.ts';
import { CURRENT, PENDING } from './secret-store.ts';
import { storedDocument } from './stored.ts';
import type { ConfigServices, ConfiguredPlugin } from './services.ts';

export interface ChangeRequest {
  readonly plugin: ConfiguredPlugin;
  readonly ifMatch: readonly string[] | '*';
  readonly action: ConfigAction;
  readonly actor: Actor;
}

/** Makes a document out of the one in force, and the version to go back to where there is one with its values. */
export type Target = (
  history: History,
  inForce: ConfigDocument,
) => Promise<{ readonly document: ConfigDocument; readonly version?: LabelledVersion }>;

const SECRET_MAX_BYTES = 65_536;

/**
 * Changes the configuration in force: the new version is stored beside it, the plugin is started on it, and then
 * AWSCURRENT moves, on condition that it still is where the caller saw it. Whatever crashes in between leaves the old
 * version or the new one in force, and the next call finishes the rest: see {@link settledHistory}.
 * @returns the paths that differ; empty when nothing did
 */
export async function changeConfig(
  request: ChangeRequest,
  services: ConfigServices,
  target: Target,
): Promise<readonly string[]> {
  const { plugin, ifMatch, action, actor } = request;
  const { name } = plugin;
  const history = await settledHistory(name, services);
  const { current } = history;
  if (ifMatch !== '*' && !ifMatch.includes(current.id)) throw notInForce();
  const stored = await storedDocument(plugin, current.id, services);
  const inForce = await asCodeTakesIt(plugin, current.id, stored, { services, actor });
  const { document, version } = await target(history, inForce);
  const changed = differences(inForce.values, document.values, plugin.leaves).map(({ path }) => path);
  const isSame = changed.length === 0 && document.configVersion === stored.configVersion;
  if (isSame || version?.id === current.id) return [];
  refuseTooLarge(document);
  const to = version?.id ?? (await services.secrets.stage(name, document));
  const change: ConfigChange = {
    ...actor,
    action,
    at: services.now().toISOString(),
    from: current.id,
    to,
    isNew: version === undefined,
    changed,
    configVersion: document.configVersion,
  };
  await services.changes.put(name, change);
  await putInForce(plugin, change, services);
  await pruneHistory(name, await settledHistory(name, services), services);
  return changed;
}

/** Checks the version and moves AWSCURRENT to it, or withdraws it. */
async function putInForce(
  plugin: ConfiguredPlugin,
  change: ConfigChange,
  services: ConfigServices,
): Promise<void> {
  const { name } = plugin;
  const { from, to, requestId } = change;
  try {
    await checkVersion(plugin, { versionId: to, requestId }, services);
    if (!(await services.secrets.move(name, CURRENT, { from, to }))) throw notInForce();
  } catch (error) {
    // The move may have happened although its answer was lost: then it stays, and is settled.
    const { current } = await settledHistory(name, services);
    if (current.id === to) return;
    if (change.isNew) await services.secrets.move(name, PENDING, { from: to });
    await services.changes.remove(name, change);
    throw error;
  }
}

/** A document of an older version, as the plugin's migrations make it. */
async function asCodeTakesIt(
  plugin: ConfiguredPlugin,
  versionId: string,
  document: ConfigDocument,
  { services, actor }: { services: ConfigServices; actor: Actor },
): Promise<ConfigDocument> {
  if (document.configVersion >= plugin.version) return document;
  if (Object.keys(document.values).length === 0) return { configVersion: plugin.version, values: {} };
  const { requestId } = actor;
  const { migrated = document.values, configVersion } = await readByPlugin(
    plugin,
    { versionId, requestId },
    services,
  );
  return { configVersion, values: migrated };
}

/** The target of a rollback: the labelled version itself, or its values in the shape of today. */
export const rollbackTo =
  (plugin: ConfiguredPlugin, label: string, services: ConfigServices, actor: Actor): Target =>
  async ({ versions }) => {
    const version = labelled(versions, label);
    const stored = await storedDocument(plugin, version.id, services);
    const document = await asCodeTakesIt(plugin, version.id, stored, { services, actor });
    return document === stored ? { document, version } : { document };
  };

/** @throws ProblemError 404 `config-version-unknown` */
export function labelled(versions: readonly LabelledVersion[], label: string): LabelledVersion {
  const found = versions.find((version) => version.label === label);
  if (found) return found;
  const known = versions.map((version) => version.label).join(', ');
  throw configProblem('config-version-unknown', { detail: `The versions that are kept: ${known}.` });
}

const notInForce = () =>
  configProblem('precondition-failed', {
    detail: 'Read the configuration again, and decide on what is in force now.',
  });

function refuseTooLarge(document: ConfigDocument): void {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes <= SECRET_MAX_BYTES) return;
  throw configProblem('config-too-large', {
    detail: `It would have ${bytes} bytes, and a secret holds ${SECRET_MAX_BYTES}.`,
  });
}
