import type { RuleResource } from '../resources/eventbridge.ts';
import type { PolicyDocument, RoleResource } from '../resources/iam.ts';
import type { TopicResource } from '../resources/sns.ts';
import type { QueueResource } from '../resources/sqs.ts';
import { evaluate } from './evaluate.ts';

/** What is asked of a role. */
interface RoleRequest {
  readonly action: string;
  readonly resource: string;
  /** The policy of the resource, where it has one. */
  readonly policy?: PolicyDocument | undefined;
}

// Policies deny what is not sent over TLS. Here nothing leaves the machine.
const OVER_TLS = { 'aws:SecureTransport': true } as const;

/** Whether a service that has assumed the role may do something with a resource. */
export function roleAllows(role: RoleResource, { action, resource, policy }: RoleRequest): boolean {
  const { decision } = evaluate(
    { identity: role.policies, boundary: role.boundary, resource: policy },
    {
      action,
      resource,
      principal: { roleArn: role.arn },
      context: { ...OVER_TLS, 'aws:PrincipalArn': role.arn },
    },
  );
  return decision === 'allow';
}

/** Whether the queue's policy lets EventBridge send messages for the rule: no role grants it that. */
export function queueAllowsRule(
  queue: QueueResource,
  rule: Pick<RuleResource, 'arn'>,
  accountId: string,
): boolean {
  const source = { service: 'events.amazonaws.com', arn: rule.arn, accountId };
  return policyAllows(queue, 'sqs:SendMessage', source);
}

/** Whether the topic's policy lets CloudWatch publish for the alarm. */
export function topicAllowsAlarm(topic: TopicResource, alarmArn: string, accountId: string): boolean {
  return policyAllows(topic, 'sns:Publish', {
    service: 'cloudwatch.amazonaws.com',
    arn: alarmArn,
    accountId,
  });
}

/** The resource of an account for which a service acts. */
interface Source {
  readonly service: string;
  readonly arn: string;
  readonly accountId: string;
}

/** Whether a resource's own policy lets a service do something in the name of the source, without any role. */
function policyAllows(
  { arn, policy }: { readonly arn: string; readonly policy: PolicyDocument | undefined },
  action: string,
  source: Source,
): boolean {
  const context = { ...OVER_TLS, 'aws:SourceArn': source.arn, 'aws:SourceAccount': source.accountId };
  const { decision } = evaluate(
    { identity: [], resource: policy },
    { action, resource: arn, principal: { service: source.service }, context },
  );
  return decision === 'allow';
}

const STREAM_ACTIONS = [
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:DescribeStream',
  'dynamodb:ListStreams',
];
const QUEUE_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** What the role of a function needs, so that Lambda can poll an event source for it. */
export function pollActions(sourceArn: string): readonly string[] {
  return sourceArn.startsWith('arn:aws:sqs:') ? QUEUE_ACTIONS : STREAM_ACTIONS;
}
