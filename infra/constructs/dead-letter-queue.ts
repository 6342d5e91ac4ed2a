import { Duration, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment/deployment.ts';
import { removalPolicyOf } from './removal.ts';

/** What every queue of ours has in common. */
export const queueDefaults = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.days(14),
};

export interface DeadLetterQueueProps {
  readonly deployment: Deployment;
  readonly queueName: string;
}

/** Where what could not be processed waits for a person. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;
  readonly arn: string;

  constructor(scope: Construct, id: string, { deployment, queueName }: DeadLetterQueueProps) {
    super(scope, id);
    const removalPolicy = removalPolicyOf(deployment);
    this.queue = new Queue(this, 'Default', { ...queueDefaults, queueName, removalPolicy });
    this.arn = this.queue.queueArn;
    const reason = 'It is a dead-letter queue: a person looks at what arrives there';
    Validations.of(this.queue).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-SQS3', reason },
      { id: 'Serverless::Serverless-SQSRedrivePolicy', reason },
    );
  }

  /** For a role in whose name AWS sends failures. CDK's `Queue.grantSendMessages` would grant two reads as well. */
  grantSend(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.arn] });
  }
}
