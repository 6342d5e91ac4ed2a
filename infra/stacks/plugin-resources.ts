import type { Construct } from 'constructs';
import { names } from '#infra/deployment/deployment.ts';
import { PluginSchedules } from '#infra/constructs/plugin-schedules.ts';
import { PluginSecret } from '#infra/constructs/plugin-secret.ts';
import { PluginTable } from '#infra/constructs/plugin-table.ts';
import { Subscription } from '#infra/constructs/subscription.ts';
import { mapValues } from './map-values.ts';
import type { PluginStackProps } from './plugin-stack-props.ts';
import { publishersOf } from './publishers.ts';

/** What a plugin keeps, and what its functions are started by; all there before any of its functions. */
export interface PluginResources {
  readonly tables: Readonly<Record<string, PluginTable>>;
  readonly secret: PluginSecret | undefined;
  readonly subscriptions: Readonly<Record<string, Subscription>>;
  readonly schedules: PluginSchedules | undefined;
}

export function createPluginResources(scope: Construct, props: PluginStackProps): PluginResources {
  const { deployment, platform, plugin, all } = props;
  const { name, tables, config, events, functions, schedules } = plugin.manifest;
  const { stage } = deployment;
  return {
    tables: mapValues(tables, (manifest, key) => {
      const tableName = names.table(stage, name, key);
      return new PluginTable(scope, `Table-${key}`, { deployment, tableName, manifest });
    }),
    secret: config && new PluginSecret(scope, 'Config', { deployment, plugin: name }),
    subscriptions: mapValues(events.subscribes, (declared, key) => {
      const { sources, detailTypes } = publishersOf(declared, all, stage);
      return new Subscription(scope, `Subscription-${key}`, {
        deployment,
        name: names.queue(stage, name, key),
        busName: platform.bus.name,
        sources,
        sourcePrefix: names.eventSource(stage, ''),
        detailTypes,
        filter: declared.filter,
        functionTimeoutSeconds: functions[declared.function]?.timeoutSeconds ?? 10,
        batchSize: declared.batchSize,
        maximumConcurrency: declared.maximumConcurrency,
      });
    }),
    schedules:
      Object.keys(schedules).length > 0
        ? new PluginSchedules(scope, 'Schedules', { deployment, plugin: name, schedules })
        : undefined,
  };
}
