import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as gateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';

/** Synthesizes a platform stack and a plugin stack that refers to it weakly. */
export function synthApp(dir: string): string {
  const outdir = join(dir, 'cdk.out');
  const app = new App({
    outdir,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' },
  });
  const platform = new Stack(app, 'platform');
  platform.templateOptions.metadata = { AnineePlus: { platform: true } };
  const key = { partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING } };
  const registry = new dynamodb.TableV2(platform, 'Registry', key);
  const bus = new events.EventBus(platform, 'Bus', { eventBusName: 'bus' });
  const api = new gateway.HttpApi(platform, 'Api');

  const stack = new Stack(app, 'plugin');
  const secret = new secretsmanager.Secret(stack, 'Config', {
    secretName: 'config',
    encryptionKey: new kms.Key(stack, 'Key'),
    generateSecretString: { secretStringTemplate: '{"values":{}}', generateStringKey: 'nonce' },
  });
  stack.templateOptions.metadata = {
    AnineePlus: {
      plugin: 'payment',
      manifest: 'plugins/payment/plugin.json',
      root: 'plugins/payment',
      envPrefix: 'PAYMENT_PLUGIN',
      secret: stack.resolve(secret.secretArn) as unknown,
      sandboxes: [
        {
          name: 'stripe',
          entry: 'main.ts',
          port: 12_111,
          config: {
            'stripe.key': { generate: 'sk_', env: 'KEY' },
            'stripe.base': { origin: true, env: 'BASE' },
          },
          webhooks: { stripe: '/webhooks/stripe' },
        },
      ],
    },
  };
  const table = new dynamodb.TableV2(stack, 'Payments', {
    ...key,
    tableName: 'payments',
    sortKey: { name: 'SK', type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: 'ttl',
    dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    globalSecondaryIndexes: [
      {
        indexName: 'byStatus',
        partitionKey: { name: 'status', type: dynamodb.AttributeType.STRING },
        sortKey: { name: 'at', type: dynamodb.AttributeType.NUMBER },
        projectionType: dynamodb.ProjectionType.INCLUDE,
        nonKeyAttributes: ['amount'],
      },
    ],
  });
  const code = join(dir, 'code');
  mkdirSync(code, { recursive: true });
  writeFileSync(join(code, 'api.mjs'), 'export const handler = async () => ({});');
  const fn = new lambda.Function(stack, 'Api', {
    functionName: 'payment-api',
    code: lambda.Code.fromAsset(code),
    handler: 'api.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    memorySize: 512,
    timeout: Duration.seconds(29),
    environment: {
      TABLE: table.tableName,
      REGISTRY: registry.tableName,
      BUS: bus.eventBusArn,
      SECRET: secret.secretArn,
    },
  });
  (fn.node.defaultChild as lambda.CfnFunction).addMetadata('AnineePlus', {
    plugin: 'payment',
    function: 'api',
    manifest: 'plugins/payment/plugin.json',
    grantable: [
      { permission: 'table:payments:write', actions: ['dynamodb:PutItem'], resources: [table.tableArn] },
    ],
  });
  const live = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion });
  table.grantReadWriteData(fn);
  registry.grantReadData(fn);
  secret.grantRead(fn);
  void new gateway.HttpRoute(stack, 'Route', {
    httpApi: gateway.HttpApi.fromHttpApiAttributes(stack, 'ApiRef', { httpApiId: api.apiId }),
    routeKey: gateway.HttpRouteKey.with('/payments/{id}', gateway.HttpMethod.POST),
    integration: new HttpLambdaIntegration('Integration', live),
    authorizer: new HttpJwtAuthorizer('Jwt', 'https://issuer.example', { jwtAudience: ['audience'] }),
    authorizationScopes: ['payments.write'],
  });
  const url = live.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
  (url.node.defaultChild as lambda.CfnUrl).addMetadata('AnineePlus', {
    plugin: 'payment',
    webhook: 'stripe',
    path: '/webhooks/stripe',
    maxBodyBytes: 1024,
  });
  const deadLetters = new sqs.Queue(stack, 'Dead', { queueName: 'dead' });
  const queue = new sqs.Queue(stack, 'Queue', {
    queueName: 'queue',
    enforceSSL: true,
    visibilityTimeout: Duration.seconds(60),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
  });
  void new events.Rule(stack, 'Rule', {
    eventBus: bus,
    eventPattern: { source: ['x'], detailType: events.Match.prefix('payment.') },
    targets: [new targets.SqsQueue(queue, { deadLetterQueue: deadLetters })],
  });
  live.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true, batchSize: 5 }));
  live.addEventSource(
    new DynamoEventSource(table, {
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      bisectBatchOnError: true,
      retryAttempts: 3,
      onFailure: new SqsDlq(deadLetters),
      filters: [lambda.FilterCriteria.filter({ eventName: lambda.FilterRule.isEqual('INSERT') })],
    }),
  );
  addSchedule(stack, live, deadLetters);
  app.synth();
  return outdir;
}

function addSchedule(stack: Stack, live: lambda.Alias, deadLetters: sqs.Queue): void {
  const group = new scheduler.CfnScheduleGroup(stack, 'Schedules', { name: 'payment-schedules' });
  const role = new iam.Role(stack, 'ScheduleRole', {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceArn': group.attrArn, 'aws:SourceAccount': stack.account } },
    }),
    inlinePolicies: {
      run: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [live.functionArn] }),
          new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
        ],
      }),
    },
  });
  new scheduler.CfnSchedule(stack, 'Due', {
    name: 'payment-due',
    groupName: group.ref,
    scheduleExpression: 'rate(1 minute)',
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: live.functionArn,
      roleArn: role.roleArn,
      input: '{"at":"<aws.scheduler.scheduled-time>"}',
      deadLetterConfig: { arn: deadLetters.queueArn },
    },
  }).addMetadata('AnineePlus', { plugin: 'payment', schedule: 'due' });
  live.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(deadLetters) });
}
