import type { Assembly } from '../resources/assembly.ts';
import type { BusResource, RuleResource } from '../resources/eventbridge.ts';
import type { PolicyDocument, RoleResource } from '../resources/iam.ts';
import type { TopicResource } from '../resources/sns.ts';
import type { QueueResource } from '../resources/sqs.ts';
import type { NeededPermission } from './action-mapper.ts';
import { evaluate } from './evaluate.ts';
import { keyPermissions } from './key-permissions.ts';
import { resourcePolicyOf } from './resource-policy.ts';
import type { Context } from './template.ts';

/** What is asked of a role. */
type RoleRequest = Pick<NeededPermission, 'action' | 'resource'>;

/** The resources of an assembly that have policies, and those that have keys. */
type Resources = Pick<Assembly, 'accountId' | 'keys' | 'queues' | 'region' | 'tables'>;

// Policies deny what is not sent over TLS. Here nothing leaves the machine.
const OVER_TLS = { 'aws:SecureTransport': true } as const;

/** What a role lacks so that a service which has assumed it may do something, with the key of the resource too. */
export function missingPermissions(
  role: RoleResource,
  { action, resource }: RoleRequest,
  resources: Resources,
): readonly RoleRequest[] {
  const wanted: NeededPermission = { action, resource, context: {} };
  return [wanted, ...keyPermissions(wanted, resources)].filter((one) => {
    const { decision } = evaluate(
      {
        identity: role.policies,
        boundary: role.boundary,
        ...resourcePolicyOf(resources, one.resource),
      },
      {
        ...one,
        principal: { roleArn: role.arn },
        context: { ...OVER_TLS, 'aws:PrincipalArn': role.arn, ...one.context },
      },
    );
    return decision !== 'allow';
  });
}

/** A service, and the resource of an account for which it acts. */
interface Source {
  readonly service: string;
  readonly arn?: string;
  readonly accountId: string;
}

type Keys = Pick<Assembly, 'accountId' | 'keys'>;

/** What EventBridge would need to send messages to the queue for the rule, and is not allowed: no role grants it that. */
export function deniedToRule(
  queue: QueueResource,
  rule: Pick<RuleResource, 'arn'>,
  { accountId, keys }: Keys,
): string | undefined {
  const source = { service: EVENTS, arn: rule.arn, accountId };
  return deniedBy(queue, ['sqs:SendMessage'], source) ?? deniedByKey(keys, queue.kmsKeyArn, PASS_ON, source);
}

/** What CloudWatch would need to publish to the topic for the alarm, and is not allowed. */
export function deniedToAlarm(
  topic: TopicResource,
  arn: string,
  { accountId, keys }: Keys,
): string | undefined {
  const source = { service: 'cloudwatch.amazonaws.com', arn, accountId };
  return deniedBy(topic, ['sns:Publish'], source) ?? deniedByKey(keys, topic.kmsKeyArn, PASS_ON, source);
}

/** What EventBridge would need of the key of a bus, and is not allowed. */
export function deniedToBus({ arn, kmsKeyArn }: BusResource, { accountId, keys }: Keys): string | undefined {
  const source = { service: EVENTS, arn, accountId };
  return (
    deniedByKey(keys, kmsKeyArn, ['kms:DescribeKey'], source) ??
    deniedByKey(keys, kmsKeyArn, PASS_ON, source, { 'kms:EncryptionContext:aws:events:event-bus:arn': arn })
  );
}

/** What CloudWatch Logs would need of the key of a log group, and is not allowed. @param arn without `:*` */
export function deniedToLogGroup(
  { arn, kmsKeyArn }: { readonly arn: string; readonly kmsKeyArn: string | undefined },
  { accountId, keys, region }: Keys & Pick<Assembly, 'region'>,
): string | undefined {
  const source = { service: `logs.${region}.amazonaws.com`, accountId };
  const context = { 'kms:EncryptionContext:aws:logs:arn': arn };
  return deniedByKey(keys, kmsKeyArn, LOGS, source, context);
}

const EVENTS = 'events.amazonaws.com';
const PASS_ON = ['kms:GenerateDataKey', 'kms:Decrypt'];
const LOGS = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey'];

/** A key that is no part of the assembly has a policy that is not known here, and is left to its owner. */
function deniedByKey(
  keys: Assembly['keys'],
  keyArn: string | undefined,
  actions: readonly string[],
  source: Source,
  context?: Context,
): string | undefined {
  const key = keys.find(({ arn }) => arn === keyArn);
  return key && deniedBy(key, actions, source, context);
}

/** The first action that a resource's own policy does not let a service do in the name of the source, without any role. */
function deniedBy(
  { arn, policy }: { readonly arn: string; readonly policy: PolicyDocument | undefined },
  actions: readonly string[],
  { service, arn: sourceArn, accountId }: Source,
  more: Context = {},
): string | undefined {
  const context: Context = {
    ...OVER_TLS,
    'aws:SourceAccount': accountId,
    ...(sourceArn !== undefined && { 'aws:SourceArn': sourceArn }),
    ...more,
  };
  return actions.find((action) => {
    const request = { action, resource: arn, principal: { service }, context };
    return evaluate({ identity: [], resource: policy }, request).decision !== 'allow';
  });
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
