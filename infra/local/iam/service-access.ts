import type { RuleResource } from '../resources/eventbridge.ts';
import type { PolicyDocument, RoleResource } from '../resources/iam.ts';
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
  const { decision } = evaluate(
    { identity: [], resource: queue.policy },
    {
      action: 'sqs:SendMessage',
      resource: queue.arn,
      principal: { service: 'events.amazonaws.com' },
      context: { ...OVER_TLS, 'aws:SourceArn': rule.arn, 'aws:SourceAccount': accountId },
    },
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
