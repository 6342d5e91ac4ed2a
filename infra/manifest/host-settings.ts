import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type JsonDocument, type JsonPath, parseDocument, valueAt } from './document.ts';
import { manifestError, shown } from './errors.ts';
import { type SchemaFinding, schemaFindings } from './issues.ts';
import { listed, suggestion } from './suggest.ts';
import type { ManifestError } from './types.ts';

const FILE = 'package.json';
const PLACE: JsonPath = ['anineeplus'];

/** What a project decides about the plugins that it hosts: the member `anineeplus` of its package.json. */
export const hostSettingsSchema = z.strictObject({
  plugins: z.array(z.string()).default([]).describe('npm packages that are plugins.'),
  ignoreEngine: z
    .array(z.string())
    .default([])
    .describe('Plugins that are taken although their engine range leaves this platform out.'),
  allowIam: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe('IAM statements that a plugin may have, by their names.'),
});

export type HostSettings = z.output<typeof hostSettingsSchema>;

/** The settings as far as they are valid, with the place of each for errors. */
export interface HostSettingsFile {
  readonly settings: HostSettings;
  readonly errors: readonly ManifestError[];
  /** An error at a place below `anineeplus`. */
  readonly error: (
    code: ManifestError['code'],
    finding: Omit<SchemaFinding, 'code'>,
    plugin?: string,
  ) => ManifestError;
}

/** Reads package.json of the project. A member with a mistake is as if it were left out. */
export function readHostSettings(rootDir: string): HostSettingsFile {
  const path = join(rootDir, FILE);
  const document = parseDocument(existsSync(path) ? readFileSync(path, 'utf8') : '{}');
  const given = valueAt(document.value, PLACE) ?? {};
  const error = errorIn(document);
  const { data, findings } = schemaFindings(hostSettingsSchema, given);
  const wrong = new Set(findings.map((finding) => finding.path[0]));
  const valid =
    typeof given === 'object' ? Object.entries(given).filter(([member]) => !wrong.has(member)) : [];
  return {
    settings: data ?? hostSettingsSchema.parse(Object.fromEntries(valid)),
    errors: [...syntaxErrors(document), ...findings.map(({ code, ...finding }) => error(code, finding))],
    error,
  };
}

/** What the settings have to know of a plugin; undefined for a manifest that cannot be read. */
interface KnownPlugin {
  readonly statements: readonly string[] | undefined;
}

/** An error for each plugin, and each of its statements, that the settings name and that is not there. */
export function unknownNames(
  { settings, error }: HostSettingsFile,
  known: ReadonlyMap<string, KnownPlugin>,
): readonly ManifestError[] {
  const unknown = (code: 'PLG217' | 'PLG219', path: JsonPath, name: string, names: readonly string[]) =>
    error(code, {
      path,
      given: shown(name),
      allowed: listed(names),
      fix: suggestion(name, names, 'Take it out.'),
    });
  const plugins = [...known.keys()];
  const named = [
    ...settings.ignoreEngine.map((name, index) => ({ name, path: ['ignoreEngine', index] })),
    ...Object.keys(settings.allowIam).map((name) => ({ name, path: ['allowIam', name] })),
  ];
  return [
    ...named
      .filter(({ name }) => !known.has(name))
      .map(({ name, path }) => unknown('PLG217', path, name, plugins)),
    ...Object.entries(settings.allowIam).flatMap(([plugin, sids]) => {
      const { statements } = known.get(plugin) ?? {};
      return sids.flatMap((sid, index) =>
        statements === undefined || statements.includes(sid)
          ? []
          : [unknown('PLG219', ['allowIam', plugin, index], sid, statements)],
      );
    }),
  ];
}

function errorIn(document: JsonDocument): HostSettingsFile['error'] {
  return (code, finding, plugin = FILE) => {
    const path = [...PLACE, ...finding.path];
    const given = finding.given ?? shown(valueAt(document.value, path));
    return manifestError(code, { ...finding, path, given, plugin, file: FILE, line: document.lineOf(path) });
  };
}

function syntaxErrors({ syntaxError }: JsonDocument): readonly ManifestError[] {
  if (!syntaxError) return [];
  const { line, column, reason } = syntaxError;
  const given = `${reason} at column ${column}`;
  const place = { plugin: FILE, file: FILE, line, path: [] };
  return [manifestError('PLG002', { ...place, given, allowed: 'JSON', fix: 'Correct the syntax.' })];
}
