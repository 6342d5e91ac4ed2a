import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { PlatformRoutes } from '#infra/bundling/compose/openapi.ts';
import { acknowledgeDeadLetterQueue } from '#infra/constructs/dead-letter-queue.ts';
import { names, type Deployment, type PlatformRefs } from '#infra/constructs/deployment.ts';
import { HttpApi } from '#infra/constructs/http-api.ts';
import { PluginFunction } from '#infra/constructs/plugin-function.ts';
import { PluginRoutes } from '#infra/constructs/plugin-routes.ts';
import { keepsData } from '#infra/constructs/plugin-table.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { aliases } from '#runtime/aliases.ts';
import { graphqlStatements, registryStatements } from './platform-reach.ts';

export interface PlatformStackProps extends StackProps {
  readonly deployment: Deployment;
  readonly plugins: readonly LoadedPlugin[];
  /** Folder of the platform's bundle with its data files. */
  readonly codeDir: string;
  /** Routes of the platform's functions, by function and operation. */
  readonly routes: Readonly<Record<'plugins' | 'graphql', PlatformRoutes>>;
}

/** What all plugins share: the API, the bus, the registry, and the functions that list plugins and serve GraphQL. */
export class PlatformStack extends Stack {
  readonly refs: PlatformRefs;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { deployment } = props;
    const { stage } = deployment;
    const api = new HttpApi(this, 'Api', { deployment });
    const bus = new EventBus(this, 'Bus', {
      eventBusName: names.bus(stage),
      description: `Events of all plugins (${stage})`,
    });
    const registry = new TableV2(this, 'Registry', {
      tableName: names.registryTable(stage),
      partitionKey: { name: 'PK', type: AttributeType.STRING },
      sortKey: { name: 'SK', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      ...keepsData(deployment),
    });
    const relayDeadLetters = new Queue(this, 'RelayDeadLetters', {
      queueName: `${names.prefix(stage)}relay-dlq`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: deployment.isLocal ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    acknowledgeDeadLetterQueue(relayDeadLetters);
    this.refs = {
      apiId: api.apiId,
      authorizerId: api.authorizerId,
      busName: bus.eventBusName,
      busArn: bus.eventBusArn,
      registryTableName: registry.tableName,
      registryTableArn: registry.tableArn,
      relayDeadLetterArn: relayDeadLetters.queueArn,
    };
    this.#functions(props, api.url);
    this.templateOptions.metadata = { AnineePlus: { platform: true } };
    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'Where the API answers' });
  }

  #functions({ deployment, plugins, codeDir, routes }: PlatformStackProps, apiUrl: string): void {
    const { registryTableArn, registryTableName, apiId, authorizerId } = this.refs;
    const code = Code.fromAsset(codeDir);
    const reach = {
      plugins: registryStatements(this, registryTableArn, plugins, deployment.stage),
      graphql: graphqlStatements(this, registryTableArn, plugins, deployment.stage),
    };
    const boundary = new ManagedPolicy(this, 'Boundary', {
      description: 'What no function of the platform can go beyond',
      statements: Object.values(reach).flatMap(({ statements }) => statements()),
    });
    const descriptions = {
      plugins: 'Lists, checks, loads and unloads plugins',
      graphql: 'One GraphQL schema over all plugins',
    };
    for (const key of ['plugins', 'graphql'] as const) {
      const { alias, role } = new PluginFunction(this, `Function-${key}`, {
        deployment,
        plugin: 'platform',
        key,
        code,
        handler: `${key}.handler`,
        description: descriptions[key],
        memoryMb: 512,
        timeoutSeconds: 29,
        environment: {
          ANINEEPLUS_REGISTRY_TABLE: registryTableName,
          ANINEEPLUS_FUNCTION_PREFIX: names.prefix(deployment.stage),
          // Locally the API has no address of its own that a client could reach.
          ...(key === 'plugins' && !deployment.isLocal && { ANINEEPLUS_API_URL: apiUrl }),
        },
        statements: reach[key].statements(),
        boundary,
        ...(key === 'plugins' && { invokers: { aliases: [aliases.deployment], callers: {} } }),
        metadata: { grantable: [] },
      });
      reach[key].acknowledge?.(role);
      reach[key].acknowledge?.(boundary);
      const bindings = Object.values(routes[key]);
      new PluginRoutes(this, `Routes-${key}`, { apiId, authorizerId, target: alias, routes: bindings });
    }
  }
}
