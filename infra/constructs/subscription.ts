import { type CfnResource, Duration, Validations } from 'aws-cdk-lib';
import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type Alias, CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment/deployment.ts';
import { createQueue, DeadLetterQueue } from './dead-letter-queue.ts';
import { grantKey } from './key-access.ts';

export interface SubscriptionProps {
  readonly deployment: Deployment;
  /** Name of the queue and of the rule. */
  readonly name: string;
  readonly busName: string;
  /** Event sources that publish the type; any source below `sourcePrefix` when there is no known publisher. */
  readonly sources: readonly string[];
  readonly sourcePrefix: string;
  readonly detailTypes: readonly string[];
  /** EventBridge pattern on the event's detail. */
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  readonly functionTimeoutSeconds: number;
  readonly batchSize: number;
  /** Invocations at once, of the function that it is fed to. */
  readonly maximumConcurrency: number;
}

/** Rule -> queue -> function: events wait in the queue while the plugin is unloaded, and end in a dead-letter queue. */
export class Subscription extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly queueArn: string;
  readonly #rule: Rule;
  readonly #props: SubscriptionProps;

  constructor(scope: Construct, id: string, props: SubscriptionProps) {
    super(scope, id);
    const { queue: deadLetters } = new DeadLetterQueue(this, 'DeadLetters', {
      deployment: props.deployment,
      queueName: `${props.name}-dlq`,
    });
    const queue = createQueue(this, 'Queue', props.deployment, {
      queueName: props.name,
      // Six times the function's timeout: AWS's advice for queues that feed Lambda.
      visibilityTimeout: Duration.seconds(6 * props.functionTimeoutSeconds),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 10 },
    });
    this.#rule = new Rule(this, 'Rule', {
      ruleName: props.name,
      eventBus: EventBus.fromEventBusName(this, 'Bus', props.busName),
      eventPattern: {
        source: props.sources.length > 0 ? [...props.sources] : Match.prefix(props.sourcePrefix),
        detailType: [...props.detailTypes],
        ...(props.filter && { detail: { ...props.filter } }),
      },
      targets: [new SqsQueue(queue, { deadLetterQueue: deadLetters })],
    });
    this.queue = queue;
    this.deadLetters = deadLetters;
    this.queueArn = queue.queueArn;
    this.#props = props;
  }

  /** What Lambda needs of the function's role to feed it from the queue. */
  grantConsume(grantee: IGrantable): void {
    grantKey(grantee, this.#props.deployment, 'receive');
    Grant.addToPrincipal({
      grantee,
      actions: [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
      ],
      resourceArns: [this.queueArn],
    });
  }

  /**
   * Feeds the queue to a function, which reports the messages of a batch that failed. Whether the mapping is enabled is
   * left out: an update of the stack then leaves it as the registry has switched it.
   */
  feed(target: Alias): CfnEventSourceMapping {
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      eventSourceArn: this.queueArn,
      functionName: target.functionArn,
      batchSize: this.#props.batchSize,
      // A burst of events takes no more of the account's concurrency than this from the API.
      scalingConfig: { maximumConcurrency: this.#props.maximumConcurrency },
      functionResponseTypes: ['ReportBatchItemFailures'],
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Lambda has no failure destination for a queue: its redrive policy moves messages to the dead-letter queue',
    });
    return mapping;
  }

  /** Routes no event to the queue before `state` is there. */
  routeEventsAfter(state: CfnResource): void {
    this.#rule.node.addDependency(state);
  }
}
