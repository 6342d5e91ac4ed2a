import { evaluate } from '../iam/evaluate.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { RuleResource } from '../resources/eventbridge.ts';
import type { QueueResource } from '../resources/sqs.ts';

/** Whether the queue's policy lets EventBridge send messages on behalf of the rule: nothing else grants it that. */
export function queueAccepts(assembly: Assembly, queue: QueueResource, rule: RuleResource): boolean {
  const { decision } = evaluate(
    { identity: [], resource: queue.policy },
    {
      action: 'sqs:SendMessage',
      resource: queue.arn,
      principal: { service: 'events.amazonaws.com' },
      context: {
        'aws:SourceArn': rule.arn,
        'aws:SourceAccount': assembly.accountId,
        // Policies deny what is not sent over TLS. Here nothing leaves the machine.
        'aws:SecureTransport': 'true',
      },
    },
  );
  return decision === 'allow';
}
