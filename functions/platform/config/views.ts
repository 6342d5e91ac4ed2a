import { shownPath } from '#runtime/schema/shown-name.ts';
import { masked } from './document.ts';
import { labelled } from './change.ts';
import { settledHistory, type History, type LabelledVersion } from './history.ts';
import { readByPlugin } from './plugin-check.ts';
import type { ConfigServices, ConfiguredPlugin } from './services.ts';
import { storedDocument } from './stored.ts';

/** Who made a version, and when. */
function originOf({ id, createdAt }: LabelledVersion, { changes }: History) {
  const made = changes.find((change) => change.to === id && change.isNew);
  const at = made?.at ?? createdAt?.toISOString();
  return {
    ...(at !== undefined && { updatedAt: at }),
    ...(made && { updatedBy: made.by, changed: made.changed }),
  };
}

/** The configuration in force, without secrets. */
export async function configView(plugin: ConfiguredPlugin, requestId: string, services: ConfigServices) {
  const history = await settledHistory(plugin.name, services);
  const { current } = history;
  const stored = await storedDocument(plugin, current.id, services);
  // Without the plugin's answer the view is what is stored, and says so.
  const reading = await readByPlugin(plugin, { versionId: current.id, requestId }, services).catch(
    () => undefined,
  );
  const { changed: _changed, ...origin } = originOf(current, history);
  const { migrated, configVersion = stored.configVersion } = reading ?? {};
  return {
    etag: `"${current.id}"`,
    body: {
      name: plugin.name,
      configVersion,
      ...(migrated && { storedConfigVersion: stored.configVersion }),
      version: current.id,
      label: current.label,
      values: masked(migrated ?? stored.values, plugin.leaves),
      overridden: reading ? reading.overridden.map(shownPath) : null,
      schema: `/plugins/${plugin.name}/config/schema`,
      ...origin,
    },
  };
}

/** The versions that can be returned to, newest first. */
export async function versionsView(plugin: ConfiguredPlugin, services: ConfigServices) {
  const history = await settledHistory(plugin.name, services);
  const versions = await Promise.all(
    history.versions.map(async (version) => {
      const { configVersion } = await storedDocument(plugin, version.id, services);
      const { id, label } = version;
      const inForce = id === history.current.id;
      return { label, version: id, configVersion, inForce, ...originOf(version, history) };
    }),
  );
  return { name: plugin.name, versions };
}

/** One version as it is stored, without secrets. */
export async function versionView(plugin: ConfiguredPlugin, label: string, services: ConfigServices) {
  const history = await settledHistory(plugin.name, services);
  const version = labelled(history.versions, label);
  const { configVersion, values } = await storedDocument(plugin, version.id, services);
  return {
    name: plugin.name,
    label,
    version: version.id,
    configVersion,
    inForce: version.id === history.current.id,
    values: masked(values, plugin.leaves),
    ...originOf(version, history),
  };
}
