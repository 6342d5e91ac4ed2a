import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { handlerOf } from '#infra/bundling/bundle.ts';
import { names, screamingSnake, type Deployment, type PlatformRefs } from '#infra/constructs/deployment.ts';
import { EventRelay, relayStatements } from '#infra/constructs/event-relay.ts';
import { compilePermission, registryRead, toStatement } from '#infra/constructs/permissions.ts';
import { PluginAlarm } from '#infra/constructs/plugin-alarm.ts';
import { PluginFunction } from '#infra/constructs/plugin-function.ts';
import { PluginRoutes } from '#infra/constructs/plugin-routes.ts';
import { PluginSchedules } from '#infra/constructs/plugin-schedules.ts';
import { PluginSecret } from '#infra/constructs/plugin-secret.ts';
import { PluginTable } from '#infra/constructs/plugin-table.ts';
import { QueueState } from '#infra/constructs/queue-state.ts';
import { Subscription } from '#infra/constructs/subscription.ts';
import { WebhookUrl } from '#infra/constructs/webhook-url.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { invokersOf } from './invokers.ts';
import { mapValues } from './map-values.ts';
import { boundaryStatements, grantable, permissionScope } from './plugin-reach.ts';
import { pluginMetadata } from './plugin-metadata.ts';
import { publishersOf } from './publishers.ts';

export interface PluginStackProps extends StackProps {
  readonly deployment: Deployment;
  readonly platform: PlatformRefs;
  readonly plugin: LoadedPlugin;
  /** Every plugin with a valid manifest, for what this one subscribes to and calls. */
  readonly all: readonly LoadedPlugin[];
  /** Folder of the plugin's bundle. */
  readonly codeDir: string;
  /** Folder of the relay's bundle, the same for all plugins. */
  readonly relayDir: string;
}

/** Everything that one plugin owns. It refers to the platform's stack and to nothing else. */
export class PluginStack extends Stack {
  readonly #props: PluginStackProps;
  readonly #tables: Readonly<Record<string, PluginTable>>;
  readonly #secret: PluginSecret | undefined;
  readonly #subscriptions: Readonly<Record<string, Subscription>>;
  readonly #schedules: PluginSchedules | undefined;
  readonly #boundary: ManagedPolicy;
  readonly #reach: ReturnType<typeof permissionScope>;

  constructor(scope: Construct, id: string, props: PluginStackProps) {
    super(scope, id, props);
    this.#props = props;
    const { deployment, platform, plugin } = props;
    const { manifest } = plugin;
    this.#tables = mapValues(
      manifest.tables,
      (table, key) =>
        new PluginTable(this, `Table-${key}`, {
          deployment,
          tableName: names.table(deployment.stage, manifest.name, key),
          manifest: table,
        }),
    );
    this.#secret = manifest.config && new PluginSecret(this, 'Config', { deployment, plugin: manifest.name });
    if (this.#secret) {
      const description = `Secret to put the configuration of ${manifest.name} into`;
      new CfnOutput(this, 'ConfigSecretArn', { value: this.#secret.arn, description });
    }
    this.#subscriptions = mapValues(manifest.events.subscribes, (_, key) => this.#subscription(key));
    const { schedules } = manifest;
    if (Object.keys(schedules).length > 0) {
      this.#schedules = new PluginSchedules(this, 'Schedules', {
        deployment,
        plugin: manifest.name,
        schedules,
      });
    }
    this.#reach = permissionScope(this, { ...props, tables: this.#tables });
    this.#boundary = new ManagedPolicy(this, 'Boundary', {
      description: `What no function of the plugin ${manifest.name} can go beyond`,
      statements: boundaryStatements({
        reach: this.#reach,
        manifest,
        platform,
        tables: Object.values(this.#tables),
        secret: this.#secret,
        subscriptions: Object.values(this.#subscriptions),
        schedules: this.#schedules,
      }),
    });
    const functions = this.#functions();
    this.#bindTriggers(functions);
    this.#relay();
    for (const [key, alarm] of Object.entries(manifest.observability.alarms)) {
      new PluginAlarm(this, `Alarm-${key}`, { deployment, plugin: manifest.name, key, manifest: alarm });
    }
    this.templateOptions.metadata = { AnineePlus: pluginMetadata(plugin, this.#secret?.logicalId) };
  }

  #subscription(key: string): Subscription {
    const { deployment, platform, plugin, all } = this.#props;
    const { manifest } = plugin;
    const declared = manifest.events.subscribes[key];
    if (!declared) throw new Error(`no subscription "${key}"`);
    const { sources, detailTypes } = publishersOf(declared, all, deployment.stage);
    return new Subscription(this, `Subscription-${key}`, {
      name: names.queue(deployment.stage, manifest.name, key),
      busName: platform.busName,
      sources,
      sourcePrefix: names.eventSource(deployment.stage, ''),
      detailTypes,
      filter: declared.filter,
      functionTimeoutSeconds: manifest.functions[declared.function]?.timeoutSeconds ?? 10,
      batchSize: declared.batchSize,
    });
  }

  #granted(key: string): { statements: PolicyStatement[]; environment: Record<string, string> } {
    const { deployment, platform, plugin } = this.#props;
    const permissions = plugin.manifest.permissions[key] ?? [];
    const used = Object.keys(this.#tables).filter((table) =>
      permissions.some((permission) => permission.startsWith(`table:${table}:`)),
    );
    return {
      statements: [
        registryRead(platform.registryTableArn, plugin.manifest.name),
        ...permissions.map((permission) => toStatement(compilePermission(permission, this.#reach, key))),
      ],
      environment: {
        ANINEEPLUS_REGISTRY_TABLE: platform.registryTableName,
        ANINEEPLUS_FUNCTION_PREFIX: names.prefix(deployment.stage),
        ...Object.fromEntries(
          used.map((table) => [
            `ANINEEPLUS_TABLE_${screamingSnake(table)}`,
            names.table(deployment.stage, plugin.manifest.name, table),
          ]),
        ),
      },
    };
  }

  #metadata(key: string): Record<string, unknown> {
    const { plugin } = this.#props;
    return { manifest: plugin.file, grantable: grantable(key, plugin.manifest, this.#reach) };
  }

  #functions(): Readonly<Record<string, PluginFunction>> {
    const { deployment, plugin, all, codeDir } = this.#props;
    const { manifest } = plugin;
    // One asset for all: CDK stages it once per stack.
    const code = Code.fromAsset(codeDir);
    return mapValues(manifest.functions, (declared, key) => {
      const { statements, environment } = this.#granted(key);
      const isScheduled = Object.values(manifest.schedules).some(({ function: fn }) => fn === key);
      const fed = Object.entries(manifest.events.subscribes).filter(([, { function: fn }]) => fn === key);
      return new PluginFunction(this, `Function-${key}`, {
        deployment,
        plugin: manifest.name,
        key,
        code,
        handler: handlerOf(declared.entry),
        description: declared.description ?? `${manifest.name}: ${key}`,
        memoryMb: declared.memoryMb,
        timeoutSeconds: declared.timeoutSeconds,
        environment: { ...environment, ...(this.#secret && { ANINEEPLUS_CONFIG_SECRET: this.#secret.arn }) },
        statements: [
          ...statements,
          ...(this.#secret?.readStatements() ?? []),
          ...fed.flatMap(([name]) => this.#subscriptions[name]?.consumeStatement() ?? []),
          ...(isScheduled ? [this.#schedules?.putAsideStatement() ?? []].flat() : []),
        ],
        boundary: this.#boundary,
        invokers: invokersOf(manifest, key, all),
        metadata: this.#metadata(key),
      });
    });
  }

  #bindTriggers(functions: Readonly<Record<string, PluginFunction>>): void {
    const { platform, plugin } = this.#props;
    const { manifest } = plugin;
    const target = (key: string) => {
      const found = functions[key];
      if (!found) throw new Error(`no function "${key}"`);
      return found.alias;
    };
    const operations = Object.values(manifest.operations).filter(({ expose }) => expose === 'public');
    for (const key of new Set(operations.filter(({ http }) => http).map((operation) => operation.function))) {
      const routes = operations.flatMap(({ http, scope, function: fn }) =>
        http && fn === key ? [{ ...http, scope }] : [],
      );
      const { apiId, authorizerId } = platform;
      new PluginRoutes(this, `Routes-${key}`, { apiId, authorizerId, target: target(key), routes });
    }
    for (const [webhook, { path, maxBodyBytes, function: fn }] of Object.entries(manifest.webhooks)) {
      const props = { plugin: manifest.name, webhook, path, maxBodyBytes, target: target(fn) };
      new WebhookUrl(this, `Webhook-${webhook}`, props);
    }
    const subscriptions = Object.entries(manifest.events.subscribes);
    const mappings = subscriptions.flatMap(
      ([key, { function: fn }]) => this.#subscriptions[key]?.feed(target(fn)) ?? [],
    );
    if (mappings.length > 0) {
      const { deployment } = this.#props;
      const state = new QueueState(this, 'QueueState', { deployment, plugin: manifest.name, mappings });
      for (const [key] of subscriptions) this.#subscriptions[key]?.takeEventsAfter(state.resource);
    }
    this.#schedules?.bind(target, this.#boundary);
  }

  /** Publishes the outbox items of every table that has a relay, with one function of its own role. */
  #relay(): void {
    const { deployment, platform, plugin, relayDir } = this.#props;
    const { manifest } = plugin;
    const streams = Object.entries(manifest.tables).flatMap(([key, { sortKey, stream }]) => {
      const streamArn = this.#tables[key]?.streamArn;
      return stream && streamArn !== undefined && sortKey !== undefined
        ? [{ key, streamArn, sortKey, sortKeyPrefix: stream.relay.sortKeyPrefix }]
        : [];
    });
    if (streams.length === 0) return;
    const { statements, environment } = this.#granted('relay');
    const { alias } = new PluginFunction(this, 'Function-relay', {
      deployment,
      plugin: manifest.name,
      key: 'relay',
      code: Code.fromAsset(relayDir),
      handler: 'relay.handler',
      description: `Publishes the events of ${manifest.name} from its outbox`,
      memoryMb: 256,
      timeoutSeconds: 60,
      environment: {
        ...environment,
        ANINEEPLUS_BUS_NAME: platform.busName,
        ANINEEPLUS_EVENT_SOURCE: names.eventSource(deployment.stage, manifest.name),
      },
      statements: [
        ...statements,
        ...relayStatements(
          streams.map(({ streamArn }) => streamArn),
          platform.relayDeadLetterArn,
        ),
      ],
      boundary: this.#boundary,
      metadata: this.#metadata('relay'),
    });
    for (const { key, ...stream } of streams) {
      const deadLetterArn = platform.relayDeadLetterArn;
      new EventRelay(this, `Relay-${key}`, { ...stream, deadLetterArn, relay: alias });
    }
  }
}
