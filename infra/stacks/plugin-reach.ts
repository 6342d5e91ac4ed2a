import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { names, type Deployment, type PlatformRefs } from '#infra/constructs/deployment.ts';
import { relayStatements } from '#infra/constructs/event-relay.ts';
import {
  aliasArn,
  compilePermission,
  registryRead,
  toStatement,
  type PermissionScope,
} from '#infra/constructs/permissions.ts';
import type { PluginSchedules } from '#infra/constructs/plugin-schedules.ts';
import type { PluginSecret } from '#infra/constructs/plugin-secret.ts';
import type { PluginTable } from '#infra/constructs/plugin-table.ts';
import type { Subscription } from '#infra/constructs/subscription.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { aliases } from '#runtime/aliases.ts';

export interface ScopeRequest {
  readonly deployment: Deployment;
  readonly platform: PlatformRefs;
  readonly plugin: LoadedPlugin;
  readonly all: readonly LoadedPlugin[];
  readonly tables: Readonly<Record<string, PluginTable>>;
}

/** What the words of the permission vocabulary mean for one plugin. */
export function permissionScope(scope: Construct, request: ScopeRequest): PermissionScope {
  const { deployment, platform, plugin, all, tables } = request;
  return {
    tables,
    busArn: platform.busArn,
    eventSource: names.eventSource(deployment.stage, plugin.manifest.name),
    callTarget(name, operation, callerKey) {
      const callee = all.find(({ manifest }) => manifest.name === name);
      const key = callee?.manifest.operations[operation]?.function;
      if (key === undefined) throw new Error(`the plugin "${name}" has no operation "${operation}"`);
      const alias = aliases.call(plugin.manifest.name, callerKey);
      return aliasArn(scope, names.function(deployment.stage, name, key), alias);
    },
  };
}

/** Every permission that could stand in the manifest and mean something there. */
function vocabularyOf(manifest: Manifest): string[] {
  return [
    ...Object.keys(manifest.tables).flatMap((table) => [`table:${table}:read`, `table:${table}:write`]),
    ...manifest.events.publishes.map(({ type }) => `events:publish:${type}`),
    ...Object.entries(manifest.dependencies).flatMap(([plugin, { operations }]) =>
      operations.map((operation) => `call:${plugin}.${operation}`),
    ),
  ];
}

/** What the manifest could grant to one function, for whoever explains a denial: the line to add. */
export function grantable(
  key: string,
  manifest: Manifest,
  reach: PermissionScope,
): Record<string, unknown>[] {
  const forKey = vocabularyOf(manifest).filter((line) => line.startsWith('events:') === (key === 'relay'));
  return forKey.map((permission) => {
    const { actions, resources } = compilePermission(permission, reach, key);
    return { permission, actions, resources };
  });
}

export interface BoundaryRequest {
  readonly reach: PermissionScope;
  readonly manifest: Manifest;
  readonly platform: PlatformRefs;
  readonly tables: readonly PluginTable[];
  readonly secret: PluginSecret | undefined;
  readonly subscriptions: readonly Subscription[];
  readonly schedules: PluginSchedules | undefined;
}

/** Calls that the manifest grants. Each has an alias of its own, so that what could be granted has none yet. */
function callsOf({ permissions }: Manifest): { readonly permission: string; readonly key: string }[] {
  return Object.entries(permissions).flatMap(([key, granted]) =>
    granted.filter((permission) => permission.startsWith('call:')).map((permission) => ({ permission, key })),
  );
}

/** The most that any role of the plugin may ever do: what the plugin owns, and the calls that its manifest grants. */
export function boundaryStatements(request: BoundaryRequest): PolicyStatement[] {
  const { reach, manifest, platform, tables, secret, subscriptions, schedules } = request;
  const streams = tables.flatMap(({ streamArn }) => streamArn ?? []);
  const owned = vocabularyOf(manifest).filter((permission) => permission.startsWith('table:'));
  return [
    registryRead(platform.registryTableArn, manifest.name),
    ...owned.map((permission) => toStatement(compilePermission(permission, reach, ''))),
    ...callsOf(manifest).map(({ permission, key }) => toStatement(compilePermission(permission, reach, key))),
    ...(streams.length > 0
      ? [
          ...relayStatements(streams, platform.relayDeadLetterArn),
          new PolicyStatement({
            actions: ['events:PutEvents'],
            resources: [reach.busArn],
            conditions: { StringEquals: { 'events:source': reach.eventSource } },
          }),
        ]
      : []),
    ...(secret?.readStatements() ?? []),
    ...subscriptions.map((subscription) => subscription.consumeStatement()),
    ...(schedules?.boundaryStatements() ?? []),
  ];
}
