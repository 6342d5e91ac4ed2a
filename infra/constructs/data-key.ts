import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import { viaService } from './key-access.ts';
import { removalPolicyOf } from './removal.ts';

/** Of services that encrypt what they pass on, and read it again. */
const PASS_ON = ['kms:Decrypt', 'kms:GenerateDataKey'];

const OWN_ACCOUNT = { 'aws:SourceAccount': Aws.ACCOUNT_ID };

/**
 * The key of a deployment's tables, queues, logs, events and notifications. Its policy names no plugin: it leaves roles
 * to their own policies, and services to the resources of this stage.
 */
export class DataKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    const { stage } = deployment;
    const key = new Key(this, 'Key', {
      alias: names.keyAlias(stage),
      description: `Tables, queues, logs and events (${stage})`,
      enableKeyRotation: true,
      removalPolicy: removalPolicyOf(deployment),
    });
    for (const statement of dataKeyStatements(this, stage)) key.addToResourcePolicy(statement);
    this.arn = key.keyArn;
  }
}

/** What the policy of the key allows to services of AWS, beside what it leaves to the account's own policies. */
export function dataKeyStatements(scope: Construct, stage: string): readonly PolicyStatement[] {
  return [...forLogs(scope, stage), ...forEvents(scope, stage), ...forNotifications(scope, stage)];
}

/** By the log groups of this stage alone, for CloudWatch Logs itself and for those who write or read them by it. */
function forLogs(scope: Construct, stage: string): readonly PolicyStatement[] {
  const groups = ['/aws/lambda/', '/aws/vendedlogs/'].map((folder) =>
    Stack.of(scope).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${folder}${names.prefix(stage)}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  const ArnLike = { 'kms:EncryptionContext:aws:logs:arn': groups };
  return [
    new PolicyStatement({
      sid: 'Logs',
      principals: [new ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: { ArnLike },
    }),
    new PolicyStatement({
      sid: 'LogsOfCallers',
      principals: [new AnyPrincipal()],
      actions: PASS_ON,
      resources: ['*'],
      conditions: {
        StringEquals: { 'kms:CallerAccount': Aws.ACCOUNT_ID, ...viaService('logs') },
        ArnLike,
      },
    }),
  ];
}

/** The bus and its archive, and the queues that rules of the bus send to. */
function forEvents(scope: Construct, stage: string): readonly PolicyStatement[] {
  const principals = [new ServicePrincipal('events.amazonaws.com')];
  const arnOf = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'events', resource, resourceName });
  const busArn = arnOf('event-bus', names.bus(stage));
  return [
    // No condition: a key is described before there is a bus.
    new PolicyStatement({
      sid: 'DescribedByEvents',
      principals,
      actions: ['kms:DescribeKey'],
      resources: ['*'],
    }),
    new PolicyStatement({
      sid: 'Events',
      principals,
      actions: [...PASS_ON, 'kms:ReEncrypt*'],
      resources: ['*'],
      // An archive has the context of its bus, and no source.
      conditions: { StringEquals: { 'kms:EncryptionContext:aws:events:event-bus:arn': busArn } },
    }),
    new PolicyStatement({
      sid: 'Rules',
      principals,
      actions: PASS_ON,
      resources: ['*'],
      conditions: {
        StringEquals: OWN_ACCOUNT,
        ArnLike: { 'aws:SourceArn': arnOf('rule', `${names.bus(stage)}/*`) },
      },
    }),
  ];
}

/** For a key of the topic that CloudWatch publishes alarms to. */
export const usedByAlarms = (): PolicyStatement =>
  new PolicyStatement({
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: PASS_ON,
    resources: ['*'],
    conditions: { StringEquals: OWN_ACCOUNT },
  });

/** The topic of alarms, and the queue of notifications that nobody took. */
function forNotifications(scope: Construct, stage: string): readonly PolicyStatement[] {
  const topicArn = Stack.of(scope).formatArn({ service: 'sns', resource: names.alarmTopic(stage) });
  return [
    usedByAlarms(),
    new PolicyStatement({
      sid: 'Undelivered',
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      actions: PASS_ON,
      resources: ['*'],
      conditions: { StringEquals: OWN_ACCOUNT, ArnLike: { 'aws:SourceArn': topicArn } },
    }),
  ];
}
