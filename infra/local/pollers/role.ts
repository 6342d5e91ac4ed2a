import { pollActions, roleAllows } from '../iam/service-access.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';
import { findFunction } from '../services/function-ref.ts';

/** What the function's role lacks to read the source; Lambda would refuse to create such a mapping. */
export function missingActions(assembly: Assembly, mapping: EventSourceMappingResource): readonly string[] {
  return pollActions(mapping.sourceArn).filter(
    (action) => !mappingAllows(assembly, mapping, action, mapping.sourceArn),
  );
}

/** Whether the role of the mapping's function may do something: Lambda acts with its rights. */
export function mappingAllows(
  assembly: Assembly,
  mapping: EventSourceMappingResource,
  action: string,
  resource: string,
): boolean {
  const roleArn = findFunction(assembly, mapping.functionArn)?.fn.roleArn;
  const role = assembly.roles.find((candidate) => candidate.arn === roleArn);
  const policy = assembly.queues.find((candidate) => candidate.arn === resource)?.policy;
  return role !== undefined && roleAllows(role, { action, resource, policy });
}
