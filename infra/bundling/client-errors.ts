import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { manifestError } from '#infra/manifest/errors.ts';
import { parsePermission } from '#infra/manifest/permissions.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import { listed } from '#infra/manifest/suggest.ts';
import type { LoadedPlugin, ManifestError } from '#infra/manifest/types.ts';
import { handlerOf } from './bundle.ts';
import type { ClientImport } from './client-imports.ts';

/** What a service is used by, besides statements of IAM. */
const INSTEAD: Readonly<Record<string, string>> = {
  dynamodb: 'add "table:<table>:read" to permissions.%s',
  events: 'put the event into the outbox, since only the relay publishes',
  lambda: 'add "call:<plugin>.<operation>" to permissions.%s and call it by createCaller',
  secretsmanager: 'give the manifest a "config", which the runtime reads',
};

const SERVICES = { table: 'dynamodb', publish: 'events', call: 'lambda' } as const;

/** The services of which a function may call anything, by its manifest and by what the platform gives every function. */
function servicesOf({ permissions, iam, config, events }: Manifest, key: string): ReadonlySet<string> {
  const kinds = (permissions[key] ?? []).flatMap((line) => parsePermission(line)?.kind ?? []);
  const actions = (iam[key] ?? []).flatMap((statement) => statement.actions);
  const isFed = Object.values(events.subscribes).some((subscription) => subscription.function === key);
  return new Set([
    // Every function reads the registry.
    'dynamodb',
    'logs',
    ...(config ? ['secretsmanager', 'kms'] : []),
    ...(isFed ? ['sqs'] : []),
    ...kinds.map((kind) => SERVICES[kind]),
    ...actions.map((action) => action.split(':')[0] ?? ''),
  ]);
}

/**
 * An error for each AWS client that a plugin brings into a function which may not use it. A lazy import is one only if
 * no function that it is in may use it: the others never evaluate it.
 */
export function clientErrors(
  rootDir: string,
  plugin: LoadedPlugin,
  clients: readonly ClientImport[],
): readonly ManifestError[] {
  const { manifest } = plugin;
  const keys = Object.keys(manifest.functions);
  const uses = clients.flatMap((one) =>
    keys
      .filter((key) => handlerOf(manifest.functions[key]?.entry ?? '') === `${one.entry}.handler`)
      .map((key) => ({ ...one, key, allowed: servicesOf(manifest, key).has(one.service) })),
  );
  const wrong = uses.filter(
    ({ client, lazy, allowed }) =>
      !allowed && !(lazy && uses.some((other) => other.client === client && other.allowed)),
  );
  return [...Map.groupBy(wrong, ({ client, chain }) => `${client} ${chain.at(-2) ?? ''}`).values()].flatMap(
    ([first, ...others]) =>
      first
        ? [
            clientError(
              rootDir,
              plugin,
              first,
              [first, ...others].map(({ key }) => key),
            ),
          ]
        : [],
  );
}

function clientError(
  rootDir: string,
  { manifest, file, root }: LoadedPlugin,
  { client, service, chain, key }: ClientImport & { readonly key: string },
  functions: readonly string[],
): ManifestError {
  // The author's file that imports the client, or the package that brings it.
  const package_ = chain.findIndex((name) => !/\.[cm]?[jt]sx?$/.test(name));
  const [source = '', imported = client] = [chain[package_ - 1], chain[package_]];
  const place = placeOf(rootDir, posix.join(root, source), imported);
  const statement = `name "${service}:<Action>" in a statement under iam.${key}`;
  const instead = INSTEAD[service]?.replace('%s', key);
  const permit = instead === undefined ? statement : `${instead}, or ${statement}`;
  return manifestError('PLG309', {
    plugin: manifest.name,
    ...place,
    path: [],
    given: `${client} in the function ${listed(functions)}: ${chain.join(' -> ')}`,
    allowed: `clients of ${listed([...servicesOf(manifest, key)].sort())}, by what ${file} gives ${key}`,
    fix: `Remove the import, import it only where a function with the permission needs it, or ${permit}.`,
  });
}

/** The line of the import, as far as the text of the file shows it. */
function placeOf(rootDir: string, file: string, imported: string): { file: string; line: number } {
  const path = join(rootDir, file);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const index = lines.findIndex((line) => line.includes(`'${imported}`) || line.includes(`"${imported}`));
  return { file, line: Math.max(0, index) + 1 };
}
