import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { handlerOf } from '#infra/bundling/bundle.ts';
import { names } from '#infra/deployment/deployment.ts';
import { reservedConcurrencyOf } from '#infra/manifest/concurrency.ts';
import { parsePermission } from '#infra/manifest/permissions.ts';
import { screamingSnake } from '#runtime/screaming-snake.ts';
import { PluginFunction } from '#infra/constructs/plugin-function.ts';
import { invokersOf } from './invokers.ts';
import { mapValues } from './map-values.ts';
import type { PluginParts } from './plugin-parts.ts';
import type { PluginStackProps } from './plugin-stack-props.ts';

/** The functions of the manifest, by key. */
export function createPluginFunctions(
  scope: Construct,
  props: PluginParts,
): Readonly<Record<string, PluginFunction>> {
  const { deployment, plugin, all, codeDir, resources, permissions, boundary } = props;
  const { manifest } = plugin;
  // One asset for all: CDK stages it once per stack.
  const code = Code.fromAsset(codeDir);
  return mapValues(
    manifest.functions,
    (declared, key) =>
      new PluginFunction(scope, `Function-${key}`, {
        deployment,
        plugin: manifest.name,
        key,
        code,
        handler: handlerOf(declared.entry),
        description: declared.description ?? `${manifest.name}: ${key}`,
        memoryMb: declared.memoryMb,
        timeoutSeconds: declared.timeoutSeconds,
        reservedConcurrency: reservedConcurrencyOf(manifest, key),
        environment: {
          ...environmentOf(key, props),
          ...(resources.secret && configurationOf(resources.secret.arn, props)),
        },
        tracing: manifest.observability.tracing,
        boundary,
        invokers: invokersOf(manifest, key, all),
        metadata: { manifest: plugin.file, grantable: permissions.grantable(key) },
      }),
  );
}

/** The function that publishes the outbox items of every table that has a relay; undefined when no table has one. */
export function createRelayFunction(scope: Construct, props: PluginParts): PluginFunction | undefined {
  const { deployment, platform, plugin, relayDir, resources, permissions, boundary } = props;
  const { name } = plugin.manifest;
  if (Object.values(resources.tables).every(({ streamArn }) => streamArn === undefined)) return undefined;
  return new PluginFunction(scope, 'Function-relay', {
    deployment,
    plugin: name,
    key: 'relay',
    code: Code.fromAsset(relayDir),
    handler: 'relay.handler',
    description: `Publishes the events of ${name} from its outbox`,
    memoryMb: 256,
    timeoutSeconds: 60,
    environment: {
      ...environmentOf('relay', props),
      ANINEEPLUS_BUS_NAME: platform.bus.name,
      ANINEEPLUS_EVENT_SOURCE: names.eventSource(deployment.stage, name),
    },
    tracing: plugin.manifest.observability.tracing,
    boundary,
    metadata: { manifest: plugin.file, grantable: permissions.grantable('relay') },
  });
}

/** Where the configuration is, what the stage begins with, and whether the host lets variables set secrets. */
function configurationOf(secretArn: string, { deployment, plugin }: PluginStackProps) {
  return {
    ANINEEPLUS_CONFIG_SECRET: secretArn,
    ...(plugin.stageValues && { ANINEEPLUS_CONFIG_STAGE_VALUES: JSON.stringify(plugin.stageValues) }),
    ...(deployment.secretOverrides && { ANINEEPLUS_CONFIG_SECRET_OVERRIDES: 'allow' }),
  };
}

/** Where the registry is, how functions are named, how far calls may go on, and the tables that the function may use. */
function environmentOf(key: string, { deployment, platform, plugin }: PluginStackProps) {
  const { name, tables, permissions, deploy, dependencies } = plugin.manifest;
  const used = Object.keys(tables).filter((table) =>
    permissions[key]?.some((permission) => permission.startsWith(`table:${table}:`)),
  );
  const called = new Set(
    permissions[key]?.map(parsePermission).map((one) => one?.kind === 'call' && one.plugin),
  );
  const hops = Object.entries(dependencies).flatMap(([other, { maxHops }]) =>
    maxHops > 1 && called.has(other) ? [[other, maxHops] as const] : [],
  );
  return {
    ANINEEPLUS_REGISTRY_TABLE: platform.registry.name,
    ANINEEPLUS_FUNCTION_PREFIX: names.prefix(deployment.stage),
    ANINEEPLUS_ERRORS_TABLE: platform.errors.name,
    ...(deploy.load === 'manual' && { ANINEEPLUS_INITIAL_STATE: 'registered' }),
    ...(hops.length > 0 && { ANINEEPLUS_CALL_HOPS: JSON.stringify(Object.fromEntries(hops)) }),
    ...Object.fromEntries(
      used.map((table) => [
        `ANINEEPLUS_TABLE_${screamingSnake(table)}`,
        names.table(deployment.stage, name, table),
      ]),
    ),
  };
}
