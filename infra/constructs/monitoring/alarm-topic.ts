import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { names, type Deployment } from '../../deployment/deployment.ts';
import { usedByAlarms } from '../data-key.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import { importedKey } from '../key-access.ts';

const CLOUDWATCH = new ServicePrincipal('cloudwatch.amazonaws.com');

const OWN_ACCOUNT = { 'aws:SourceAccount': Aws.ACCOUNT_ID };

/** The topic by its name, for stacks that refer to nothing of the platform's for it. */
export const alarmTopicOf = (scope: Construct, { stage }: Deployment): ITopic =>
  Topic.fromTopicArn(
    scope,
    'AlarmTopic',
    Stack.of(scope).formatArn({ service: 'sns', resource: names.alarmTopic(stage) }),
  );

/** Where every alarm of a deployment goes, when it goes off and when it is over; encrypted, over TLS alone. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    const { stage, alarmReceivers } = deployment;
    this.topic = new Topic(this, 'Topic', {
      topicName: names.alarmTopic(stage),
      displayName: `Alarms of ${names.prefix(stage)}*`,
      masterKey: importedKey(this, deployment) ?? this.#key(stage),
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [CLOUDWATCH],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: OWN_ACCOUNT,
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'cloudwatch',
              resource: `alarm:${names.prefix(stage)}*`,
            }),
          },
        },
      }),
    );
    if (alarmReceivers.length > 0) this.#subscribe(deployment);
  }

  /** CloudWatch may not use the key that SNS has by default. */
  #key(stage: string): IKey {
    const key = new Key(this, 'Key', {
      description: `Notifications of alarms (${stage})`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      // It protects what is on its way, and nothing that is kept.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(usedByAlarms());
    return key;
  }

  /** By e-mail, which SNS asks to confirm, or to an https URL. */
  #subscribe(deployment: Deployment): void {
    const { stage, alarmReceivers } = deployment;
    const { queue } = new DeadLetterQueue(this, 'Undelivered', {
      deployment,
      queueName: names.alarmDeadLetters(stage),
    });
    alarmReceivers.forEach((endpoint, index) => {
      new Subscription(this, `Receiver${index}`, {
        topic: this.topic,
        endpoint,
        protocol: endpoint.startsWith('https://') ? SubscriptionProtocol.HTTPS : SubscriptionProtocol.EMAIL,
        deadLetterQueue: queue,
      });
    });
  }
}
