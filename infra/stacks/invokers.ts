import { configFunctionOf, healthFunctionOf } from '#infra/bundling/compose/directory.ts';
import type { Invokers } from '#infra/constructs/plugin-function.ts';
import { parsePermission } from '#infra/manifest/permissions.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { aliases } from '#runtime/aliases.ts';

/**
 * Who may invoke a function of a plugin. It follows from the manifests of all plugins, so that the callee's stack has
 * an alias for each caller and needs no reference to the caller's.
 */
export function invokersOf(manifest: Manifest, key: string, all: readonly LoadedPlugin[]): Invokers {
  const served = Object.entries(manifest.operations).filter(([, { function: servedBy }]) => servedBy === key);
  const callers = callersOf(
    manifest.name,
    served.map(([operation]) => operation),
    all,
  );
  const inGraphql = served.some(([, { graphql, expose }]) => graphql && expose === 'public');
  const checksConfig = manifest.config !== undefined && configFunctionOf(manifest) === key;
  return {
    aliases: [
      ...(inGraphql ? [aliases.graphql] : []),
      ...(healthFunctionOf(manifest) === key ? [aliases.health] : []),
      ...(checksConfig ? [aliases.config] : []),
      ...Object.keys(callers),
    ],
    callers,
  };
}

/** Operations by the alias of each function that has `call:` permissions for them. */
function callersOf(
  plugin: string,
  operations: readonly string[],
  all: readonly LoadedPlugin[],
): Record<string, readonly string[]> {
  const callers = all.flatMap(({ manifest }) =>
    Object.entries(manifest.permissions).map(([key, permissions]) => {
      const called = permissions
        .map(parsePermission)
        .flatMap((permission) =>
          permission?.kind === 'call' && permission.plugin === plugin ? [permission.operation] : [],
        );
      const granted = operations.filter((operation) => called.includes(operation));
      return [aliases.call(manifest.name, key), granted] as const;
    }),
  );
  return Object.fromEntries(callers.filter(([, granted]) => granted.length > 0));
}
