import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { PlatformFunction, PlatformFunctionRoutes } from '#infra/bundling/platform-bundle.ts';
import { ConfigBackups } from '#infra/constructs/config-backups.ts';
import { DataKey } from '#infra/constructs/data-key.ts';
import { DeadLetterQueue } from '#infra/constructs/dead-letter-queue.ts';
import { names, type Deployment } from '#infra/deployment/deployment.ts';
import { ErrorsTable } from '#infra/constructs/errors-table.ts';
import { HttpApi } from '#infra/constructs/http-api.ts';
import { AlarmTopic } from '#infra/constructs/monitoring/alarm-topic.ts';
import { PlatformBus } from '#infra/constructs/platform-bus.ts';
import { PluginFunction } from '#infra/constructs/plugin-function.ts';
import { PluginRoutes, type ThrottledRoute } from '#infra/constructs/plugin-routes.ts';
import { RegistryTable } from '#infra/constructs/registry-table.ts';
import { RouteThrottles } from '#infra/constructs/route-throttles.ts';
import { aliases } from '#runtime/aliases.ts';
import { createConsole } from './platform-console.ts';
import { createPlatformRelay } from './platform-relay.ts';
import { monitorPlatform } from './platform-monitoring.ts';
import {
  grantConfigurations,
  grantGraphqlFields,
  grantHealthChecks,
  grantReadConfigurations,
  grantSwitchMappings,
  grantThrottleRoutes,
} from './platform-grants.ts';

export interface PlatformStackProps extends StackProps {
  readonly deployment: Deployment;
  /** Folder of the platform's bundle with its data files. */
  readonly codeDir: string;
  /** Folder of the relay's bundle. */
  readonly relayDir: string;
  /** Folder of the console's function with the page; undefined where the deployment has none. */
  readonly consoleDir: string | undefined;
  /** Routes of the platform's functions, by function and operation. */
  readonly routes: PlatformFunctionRoutes;
}

const descriptions: Readonly<Record<PlatformFunction, string>> = {
  plugins: 'Lists, checks, loads and unloads plugins',
  config: 'Reads and changes the configuration of plugins',
  graphql: 'One GraphQL schema over all plugins',
};

interface Boundaries {
  readonly boundary: ManagedPolicy;
  readonly configBoundary: ManagedPolicy;
}

/** What all plugins share: the API, the bus, the registry, and the functions that list plugins, configure them and serve GraphQL. */
export class PlatformStack extends Stack {
  /** With the key that all stacks use, where there is one. */
  readonly deployment: Deployment;
  readonly api: HttpApi;
  readonly bus: PlatformBus;
  readonly registry: RegistryTable;
  readonly errors: ErrorsTable;
  readonly relayDeadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, given: PlatformStackProps) {
    super(scope, id, given);
    this.deployment = this.#withKey(given.deployment);
    const { deployment } = this;
    const props = { ...given, deployment };
    const { stage } = deployment;
    this.api = new HttpApi(this, 'Api', { deployment });
    this.bus = new PlatformBus(this, 'Bus', { deployment });
    this.registry = new RegistryTable(this, 'Registry', { deployment });
    this.errors = new ErrorsTable(this, 'Errors', { deployment });
    this.relayDeadLetters = new DeadLetterQueue(this, 'RelayDeadLetters', {
      deployment,
      queueName: `${names.prefix(stage)}relay-dlq`,
    });
    const boundary = new ManagedPolicy(this, 'Boundary', {
      description: 'What no function of the platform can go beyond',
    });
    const configBoundary = new ManagedPolicy(this, 'ConfigBoundary', {
      description: 'What the function that configures plugins cannot go beyond',
    });
    const { functions, throttled } = this.#functions(props, { boundary, configBoundary });
    const console = this.#serveConsole(props, boundary);
    const backups = this.#backUpConfigurations(props, [functions.config, configBoundary]);
    const relay = createPlatformRelay(this, {
      deployment,
      relayDir: props.relayDir,
      errors: this.errors,
      bus: this.bus,
      deadLetters: this.relayDeadLetters,
    });
    for (const grantee of [...Object.values(functions), boundary, configBoundary]) {
      this.errors.grantRecord(grantee, 'platform');
    }
    for (const grantee of [functions.plugins, boundary]) {
      this.errors.grantManage(grantee);
      this.registry.grantReadWrite(grantee);
      grantHealthChecks(grantee, stage);
      grantSwitchMappings(grantee, stage);
      grantThrottleRoutes(grantee, this.api);
    }
    for (const grantee of [functions.config, configBoundary]) {
      this.registry.grantConfigure(grantee);
      grantConfigurations(grantee, stage);
    }
    for (const grantee of [functions.graphql, boundary]) {
      grantGraphqlFields(grantee, stage);
    }
    monitorPlatform(this, {
      deployment,
      topic: new AlarmTopic(this, 'Alarms', { deployment }).topic,
      apiId: this.api.apiId,
      registry: this.registry,
      bus: this.bus,
      functions: {
        ...functions,
        relay,
        ...(console && { console }),
        ...(backups && { backup: backups.function }),
      },
      relayDeadLetters: this.relayDeadLetters,
      backups,
    });
    this.#throttleRoutes(deployment, functions.plugins, throttled);
    this.templateOptions.metadata = { AnineePlus: { platform: true } };
    new CfnOutput(this, 'ApiUrl', { value: this.api.url, description: 'Where the API answers' });
  }

  /** Where the deployment has one. */
  #serveConsole(
    { deployment, consoleDir }: PlatformStackProps,
    boundary: ManagedPolicy,
  ): PluginFunction | undefined {
    if (deployment.console === undefined || consoleDir === undefined) return undefined;
    return createConsole(this, {
      deployment,
      settings: deployment.console,
      consoleDir,
      api: this.api,
      boundary,
    });
  }

  #withKey(deployment: Deployment): Deployment {
    if (!deployment.createsKey) return deployment;
    return { ...deployment, keyArn: new DataKey(this, 'DataKey', { deployment }).arn };
  }

  /** Where the deployment has a key for them. */
  #backUpConfigurations(
    { deployment, codeDir }: PlatformStackProps,
    readers: readonly (PluginFunction | ManagedPolicy)[],
  ): ConfigBackups | undefined {
    const { stage, backupKey } = deployment;
    if (backupKey === undefined) return undefined;
    const boundary = new ManagedPolicy(this, 'BackupBoundary', {
      description: 'What the function that backs up configurations cannot go beyond',
    });
    const code = Code.fromAsset(codeDir);
    const backups = new ConfigBackups(this, 'ConfigBackups', { deployment, backupKey, code, boundary });
    for (const grantee of [backups.function, boundary]) grantReadConfigurations(grantee, stage);
    for (const reader of readers) backups.grantRead(reader);
    return backups;
  }

  /** The function that does it, and the stage, are in this stack too: they have to be there before. */
  #throttleRoutes(deployment: Deployment, by: PluginFunction, routes: readonly ThrottledRoute[]): void {
    if (routes.length === 0) return;
    const { api } = this;
    const throttles = new RouteThrottles(this, 'RouteThrottles', {
      deployment,
      api,
      plugin: 'platform',
      routes,
    });
    const alias = by.aliases.get(aliases.deployment);
    if (!alias) throw new Error('the function that sets throttles has no alias for deployments');
    throttles.node.addDependency(alias, api.stage);
  }

  #functions({ deployment, codeDir, routes }: PlatformStackProps, boundaries: Boundaries) {
    const { boundary, configBoundary } = boundaries;
    const throttled: ThrottledRoute[] = [];
    const code = Code.fromAsset(codeDir);
    const create = (key: PlatformFunction, within: ManagedPolicy): PluginFunction => {
      const created = new PluginFunction(this, `Function-${key}`, {
        deployment,
        plugin: 'platform',
        key,
        code,
        handler: `${key}.handler`,
        description: descriptions[key],
        memoryMb: 512,
        timeoutSeconds: 29,
        environment: {
          ANINEEPLUS_REGISTRY_TABLE: this.registry.name,
          ANINEEPLUS_FUNCTION_PREFIX: names.prefix(deployment.stage),
          ANINEEPLUS_ERRORS_TABLE: this.errors.name,
          ...(key === 'config' && {
            ANINEEPLUS_CONFIG_SECRET_PREFIX: names.secret(deployment.stage, ''),
            ...(deployment.backupKey !== undefined && {
              ANINEEPLUS_CONFIG_BACKUP_TABLE: names.backupTable(deployment.stage),
            }),
          }),
          // Locally the API has no URL of its own that a client could use.
          ...(key === 'plugins' && !deployment.isLocal && { ANINEEPLUS_API_URL: this.api.url }),
        },
        boundary: within,
        ...(key === 'plugins' && { invokers: { aliases: [aliases.deployment], callers: {} } }),
        metadata: { grantable: [] },
      });
      const bindings = { api: this.api, target: created.alias, routes: Object.values(routes[key]) };
      throttled.push(...new PluginRoutes(this, `Routes-${key}`, bindings).throttled);
      return created;
    };
    const functions = {
      plugins: create('plugins', boundary),
      // The one function that reads and writes the configurations, so what others may do is bounded without it.
      config: create('config', configBoundary),
      graphql: create('graphql', boundary),
    };
    return { functions, throttled };
  }
}
