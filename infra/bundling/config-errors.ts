import { type JsonPath, parseDocument } from '#infra/manifest/document.ts';
import { manifestError, shown } from '#infra/manifest/errors.ts';
import { listed } from '#infra/manifest/suggest.ts';
import type { LoadedPlugin, ManifestError } from '#infra/manifest/types.ts';
import { isJsonObject } from '#runtime/json-object.ts';
import type { CodeFacts } from './compose/types.ts';
import type { Report } from './code-finding.ts';
import { stageConfigs, type StageConfig } from './stage-config.ts';

type ConfigFacts = CodeFacts['config'];

/** Where the configuration in the code differs from what the manifest declares. */
export function checkConfig({ manifest }: LoadedPlugin, facts: ConfigFacts, report: Report): void {
  const { refusesEmpty, leaves, namesCollide } = facts;
  if (!manifest.config && refusesEmpty !== undefined) {
    const allowed = 'a configuration that may be empty, since the manifest declares none';
    const fix = 'Declare "config" with a version and an envPrefix, or make its values optional in the code.';
    report('PLG305', { path: ['config'], given: refusesEmpty, allowed, fix });
  }
  if (manifest.config && namesCollide !== undefined) {
    const allowed = 'values that differ in the names of their variables';
    const fix = 'Rename one of the two.';
    report('PLG305', { path: ['config', 'envPrefix'], given: namesCollide, allowed, fix });
  }
  for (const [sandbox, { config }] of Object.entries(manifest.sandbox)) {
    for (const value of Object.keys(config)) {
      if (leaves.some((leaf) => leaf === value || value.startsWith(`${leaf}.`))) continue;
      const given = `${shown(value)}, which the schema of the configuration does not take`;
      const path = ['sandbox', sandbox, 'config', value];
      const fix = 'Correct the path, or add it to the schema.';
      report('PLG305', { path, given, allowed: listed(leaves), fix });
    }
  }
  checkMigrations(manifest.config?.version ?? 1, facts.migrations, report);
}

/** From every older version a step leads to the next, and from no other. */
function checkMigrations(version: number, migrations: readonly string[], report: Report): void {
  const wanted = Array.from({ length: version - 1 }, (_, index) => String(index + 1));
  for (const from of wanted.filter((one) => !migrations.includes(one))) {
    report('PLG307', {
      path: ['config', 'version'],
      given: `${version}, and no migration from version ${from}`,
      allowed: `migrations in the code from each of ${wanted.join(', ')}`,
      fix: `Add ${from}: (values) => ... to the \`migrations\` of definePlugin: it makes values of version ${Number(from) + 1} out of those of ${from}.`,
    });
  }
  for (const from of migrations.filter((one) => !wanted.includes(one))) {
    report('PLG307', {
      path: ['config', 'version'],
      given: `${version}, and a migration from ${shown(from)}`,
      allowed: wanted.length === 0 ? 'no migration' : `migrations from ${wanted.join(', ')}`,
      fix: 'Raise the version here, or take the migration out of the code.',
    });
  }
}

/** What is wrong in the plugin's files `config/<stage>.json`. */
export function stageConfigErrors(
  rootDir: string,
  { manifest, root }: LoadedPlugin,
  facts: ConfigFacts,
): readonly ManifestError[] {
  return stageConfigs(rootDir, root).flatMap((config) => fileErrors(config, manifest.name, facts));
}

function fileErrors(
  { file, text }: StageConfig,
  plugin: string,
  { leaves, secrets }: ConfigFacts,
): readonly ManifestError[] {
  const document = parseDocument(text);
  const { value, syntaxError } = document;
  const error = (path: JsonPath, given: string, allowed: string, fix: string): ManifestError =>
    manifestError('PLG308', {
      plugin,
      file,
      line: syntaxError?.line ?? document.lineOf(path),
      path,
      given,
      allowed,
      fix,
    });
  if (syntaxError || !isJsonObject(value)) {
    return [error([], syntaxError?.reason ?? 'no object', 'a JSON object of values', `Correct ${file}.`)];
  }
  return membersOf(value, leaves).flatMap((path) => {
    const dotted = path.join('.');
    if (secrets.includes(dotted)) {
      const fix = 'Take it out of the file, and set it in the secret of each deployment.';
      return [error(path, `the secret value ${shown(dotted)}`, 'values that are no secrets', fix)];
    }
    if (leaves.includes(dotted)) return [];
    const fix = 'Correct the path, or add it to the schema.';
    const given = `${shown(dotted)}, which the schema of the configuration does not take`;
    return [error(path, given, listed(leaves), fix)];
  });
}

/** The paths of what a file sets: down to the values of the schema, or to what it does not take. */
function membersOf(
  value: Readonly<Record<string, unknown>>,
  leaves: readonly string[],
  path: readonly string[] = [],
): readonly (readonly string[])[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const at = [...path, name];
    const dotted = at.join('.');
    const isGroup = !leaves.includes(dotted) && leaves.some((leaf) => leaf.startsWith(`${dotted}.`));
    return isGroup && isJsonObject(member) ? membersOf(member, leaves, at) : [at];
  });
}
