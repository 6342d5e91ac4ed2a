import { Duration, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type CfnQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment/deployment.ts';
import { encryptionKeyOf, grantKey } from './key-access.ts';
import { removalPolicyOf } from './removal.ts';

/** A queue with what every queue of ours has in common: it outlives its stack, takes TLS alone, and is encrypted. */
export function createQueue(scope: Construct, id: string, deployment: Deployment, props: QueueProps): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    // Messages may wait in it when it is taken out of the manifest.
    removalPolicy: removalPolicyOf(deployment),
    ...props,
  });
  const keyArn = encryptionKeyOf(deployment);
  if (keyArn !== undefined) {
    // Given a key, CDK would leave the rule out of the policy of a queue that a rule sends to.
    const resource = queue.node.defaultChild as CfnQueue;
    resource.sqsManagedSseEnabled = undefined;
    resource.kmsMasterKeyId = keyArn;
  }
  return queue;
}

export interface DeadLetterQueueProps {
  readonly deployment: Deployment;
  readonly queueName: string;
}

/** Where what could not be processed waits for a person. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;
  readonly arn: string;
  readonly #deployment: Deployment;

  constructor(scope: Construct, id: string, { deployment, queueName }: DeadLetterQueueProps) {
    super(scope, id);
    this.#deployment = deployment;
    this.queue = createQueue(this, 'Default', deployment, { queueName });
    this.arn = this.queue.queueArn;
    const reason = 'It is a dead-letter queue: a person looks at what arrives there';
    Validations.of(this.queue).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-SQS3', reason },
      { id: 'Serverless::Serverless-SQSRedrivePolicy', reason },
    );
  }

  /** For a role in whose name AWS sends failures. CDK's `Queue.grantSendMessages` would grant two reads as well. */
  grantSend(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.arn] });
    grantKey(grantee, this.#deployment, 'send');
  }
}
