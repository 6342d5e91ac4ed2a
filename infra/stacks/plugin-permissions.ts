import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { names, type Deployment } from '#infra/deployment/deployment.ts';
import { aliasArn } from '#infra/constructs/function-alias.ts';
import { statementsOf } from '#infra/constructs/grantee.ts';
import { grantPermission, type PermissionTargets } from '#infra/constructs/permissions.ts';
import type { PlatformBus } from '#infra/constructs/platform-bus.ts';
import type { PluginTable } from '#infra/constructs/plugin-table.ts';
import { tableAccesses } from '#infra/manifest/permissions.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { aliases } from '#runtime/aliases.ts';

export interface PluginPermissionsProps {
  readonly deployment: Deployment;
  readonly bus: PlatformBus;
  readonly plugin: LoadedPlugin;
  readonly all: readonly LoadedPlugin[];
  readonly tables: Readonly<Record<string, PluginTable>>;
}

/** The permission vocabulary of one plugin.json, bound to the plugin's resources. */
export interface PluginPermissions {
  /** Grants a function what the manifest gives it. */
  grant(grantee: IGrantable, key: string): void;
  /** Grants the calls of other plugins that the manifest gives to any function. */
  grantCalls(grantee: IGrantable): void;
  /** Every line that the manifest could give to a function, so that the local runner can name the one that is missing. */
  grantable(key: string): readonly Record<string, unknown>[];
}

export function createPluginPermissions(scope: Construct, props: PluginPermissionsProps): PluginPermissions {
  const { permissions } = props.plugin.manifest;
  const targets = targetsOf(scope, props);
  const grantEach = (lines: readonly string[], grantee: IGrantable, key: string): void => {
    for (const line of lines) grantPermission(line, targets, grantee, key);
  };
  return {
    grant: (grantee, key) => grantEach(permissions[key] ?? [], grantee, key),
    grantCalls(grantee) {
      for (const [key, lines] of Object.entries(permissions)) {
        const calls = lines.filter((line) => line.startsWith('call:'));
        grantEach(calls, grantee, key);
      }
    },
    grantable: (key) =>
      vocabularyOf(props.plugin.manifest, key).map((permission) => {
        const statements = statementsOf((grantee) => grantEach([permission], grantee, key));
        const actions = statements.flatMap((statement) => statement.actions);
        return { permission, actions, resources: statements.flatMap((statement) => statement.resources) };
      }),
  };
}

function targetsOf(scope: Construct, props: PluginPermissionsProps): PermissionTargets {
  const { deployment, bus, plugin, all, tables } = props;
  return {
    tables,
    bus,
    eventSource: names.eventSource(deployment.stage, plugin.manifest.name),
    operationArn(name, operation, callerKey) {
      const callee = all.find(({ manifest }) => manifest.name === name);
      const key = callee?.manifest.operations[operation]?.function;
      if (key === undefined) throw new Error(`the plugin "${name}" has no operation "${operation}"`);
      const alias = aliases.call(plugin.manifest.name, callerKey);
      return aliasArn(scope, names.function(deployment.stage, name, key), alias);
    },
  };
}

/** Every permission that could stand in the manifest for a function: only the relay publishes, and it does no more. */
function vocabularyOf({ tables, events, dependencies }: Manifest, key: string): string[] {
  if (key === 'relay') return events.publishes.map(({ type }) => `events:publish:${type}`);
  return [
    ...Object.keys(tables).flatMap((table) => tableAccesses.map((access) => `table:${table}:${access}`)),
    ...Object.entries(dependencies).flatMap(([plugin, { operations }]) =>
      operations.map((operation) => `call:${plugin}.${operation}`),
    ),
  ];
}
