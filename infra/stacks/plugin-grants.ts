import { names } from '#infra/deployment/deployment.ts';
import { tableAccesses } from '#infra/manifest/permissions.ts';
import { denyPlatform, grantStatement } from '#infra/constructs/iam-statements.ts';
import type { PluginFunction } from '#infra/constructs/plugin-function.ts';
import type { PluginParts } from './plugin-parts.ts';

/** What every function needs, what its line in the manifest gives it, and what its triggers need of its role. */
export function grantFunctions(
  { platform, plugin: { manifest }, resources, permissions }: PluginParts,
  functions: Readonly<Record<string, PluginFunction>>,
): void {
  for (const [key, fn] of Object.entries(functions)) {
    const fed = Object.entries(manifest.events.subscribes).filter(([, { function: name }]) => name === key);
    const isScheduled = Object.values(manifest.schedules).some(({ function: name }) => name === key);
    platform.registry.grantReadState(fn, manifest.name);
    platform.errors.grantRecord(fn, manifest.name);
    permissions.grant(fn, key);
    for (const statement of manifest.iam[key] ?? []) grantStatement(fn, statement, manifest.name);
    resources.secret?.grantRead(fn);
    for (const [name] of fed) resources.subscriptions[name]?.grantConsume(fn);
    if (isScheduled) resources.schedules?.grantSendFailed(fn);
  }
}

/** The relay reads the outbox of every table and publishes, whatever state its plugin has; it has no configuration. */
export function grantRelay(
  { platform, plugin, resources, permissions }: PluginParts,
  relay: PluginFunction,
): void {
  permissions.grant(relay, 'relay');
  platform.errors.grantRecord(relay, plugin.manifest.name);
  for (const table of Object.values(resources.tables)) table.grantStreamRead(relay);
  platform.relayDeadLetters.grantSend(relay);
}

/** The most that any role of the plugin may ever do: what the plugin owns, and the calls that its manifest grants. */
export function grantBoundary({
  deployment,
  platform,
  plugin,
  resources,
  permissions,
  boundary,
}: PluginParts): void {
  const { tables, secret, subscriptions, schedules } = resources;
  const { name, iam } = plugin.manifest;
  platform.registry.grantReadState(boundary, name);
  platform.errors.grantRecord(boundary, name);
  permissions.grantCalls(boundary);
  for (const table of Object.values(tables)) {
    for (const access of tableAccesses) table.grantAccess(boundary, access);
    table.grantStreamRead(boundary);
  }
  if (Object.values(tables).some(({ streamArn }) => streamArn !== undefined)) {
    platform.relayDeadLetters.grantSend(boundary);
    platform.bus.grantPublish(boundary, { source: names.eventSource(deployment.stage, name) });
  }
  secret?.grantRead(boundary);
  for (const subscription of Object.values(subscriptions)) subscription.grantConsume(boundary);
  schedules?.grantSendFailed(boundary);
  schedules?.grantInvokeAll(boundary);
  const statements = new Map(
    Object.values(iam)
      .flat()
      .map((statement) => [statement.sid, statement]),
  );
  if (statements.size === 0) return;
  denyPlatform(boundary);
  for (const statement of statements.values()) grantStatement(boundary, statement, name);
}
