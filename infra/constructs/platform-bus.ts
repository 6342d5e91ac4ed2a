import { Stack } from 'aws-cdk-lib';
import { CfnArchive, EventBus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { names, type Deployment } from '../deployment/deployment.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { encryptionKeyOf, importedKey } from './key-access.ts';

interface Publication {
  /** EventBridge's `source`, which names the plugin that publishes. */
  readonly source: string;
  /** Event type without its version, or `<prefix>.*`; any type of the source when left out. */
  readonly type?: string;
}

/** The event bus of a deployment, which all plugins share. */
export class PlatformBus extends Construct {
  readonly name: string;
  readonly arn: string;
  /** Of events that could not be encrypted or decrypted; only under a customer's key. */
  readonly deadLetters: DeadLetterQueue | undefined;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    const { stage, archiveDays } = deployment;
    const keyArn = encryptionKeyOf(deployment);
    this.deadLetters = keyArn === undefined ? undefined : this.#deadLetters(deployment);
    const bus = new EventBus(this, 'Default', {
      eventBusName: names.bus(stage),
      description: `Events of all plugins (${stage})`,
      kmsKey: importedKey(this, deployment),
      deadLetterQueue: this.deadLetters?.queue,
    });
    if (archiveDays > 0) {
      new CfnArchive(this, 'Archive', {
        archiveName: names.bus(stage),
        description: `Events of all plugins (${stage}), to be replayed`,
        sourceArn: bus.eventBusArn,
        eventPattern: { source: [{ prefix: names.eventSource(stage, '') }] },
        retentionDays: archiveDays,
        kmsKeyIdentifier: keyArn,
      });
    }
    this.name = bus.eventBusName;
    this.arn = bus.eventBusArn;
  }

  /** Not under the same key: it takes what comes when that key cannot be used, as EventBridge has encrypted it. */
  #deadLetters(deployment: Deployment): DeadLetterQueue {
    const { stage } = deployment;
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      deployment: { ...deployment, encryptsWithKey: false },
      queueName: names.busDeadLetters(stage),
    });
    const busArn = Stack.of(this).formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: names.bus(stage),
    });
    deadLetters.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [deadLetters.arn],
        conditions: { ArnEquals: { 'aws:SourceArn': busArn } },
      }),
    );
    return deadLetters;
  }

  grantPublish(grantee: IGrantable, { source, type }: Publication): Grant {
    const detailType = type === undefined || type.endsWith('.*') ? type : `${type}.v*`;
    return Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this.arn],
      conditions: {
        StringEquals: { 'events:source': source },
        ...(detailType !== undefined && { StringLike: { 'events:detail-type': detailType } }),
      },
    });
  }
}
