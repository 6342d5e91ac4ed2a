import { evaluate } from '../iam/evaluate.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';
import { findFunction } from '../services/function-ref.ts';

const streamActions = ['GetRecords', 'GetShardIterator', 'DescribeStream'].map((name) => `dynamodb:${name}`);
const queueActions = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((name) => `sqs:${name}`);

/** What the function's role lacks to read the source; Lambda would refuse to create such a mapping. */
export function missingActions(assembly: Assembly, mapping: EventSourceMappingResource): readonly string[] {
  const actions = mapping.sourceArn.includes(':sqs:') ? queueActions : streamActions;
  return actions.filter((action) => !roleAllows(assembly, mapping, action, mapping.sourceArn));
}

/** Whether the role of the mapping's function may do something: Lambda acts with its rights. */
export function roleAllows(
  assembly: Assembly,
  mapping: EventSourceMappingResource,
  action: string,
  resource: string,
): boolean {
  const roleArn = findFunction(assembly, mapping.functionArn)?.fn.roleArn;
  const role = assembly.roles.find((candidate) => candidate.arn === roleArn);
  if (!role) return false;
  const queue = assembly.queues.find((candidate) => candidate.arn === resource);
  const { decision } = evaluate(
    { identity: role.policies, boundary: role.boundary, resource: queue?.policy },
    {
      action,
      resource,
      principal: { roleArn: role.arn },
      context: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': role.arn },
    },
  );
  return decision === 'allow';
}
