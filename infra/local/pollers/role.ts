import { missingPermissions, pollActions } from '../iam/service-access.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';
import { findFunction } from '../services/function-ref.ts';

/** What the function's role lacks to read the source; Lambda would refuse to create such a mapping. */
export function missingActions(assembly: Assembly, mapping: EventSourceMappingResource): readonly string[] {
  return pollActions(mapping.sourceArn).flatMap((action) =>
    missingOf(assembly, mapping, { action, resource: mapping.sourceArn }).map((one) => one.action),
  );
}

/** Whether the role of the mapping's function may do something: Lambda acts with its rights. */
export function mappingAllows(
  assembly: Assembly,
  mapping: EventSourceMappingResource,
  action: string,
  resource: string,
): boolean {
  return missingOf(assembly, mapping, { action, resource }).length === 0;
}

type Wanted = Parameters<typeof missingPermissions>[1];

function missingOf(
  assembly: Assembly,
  mapping: EventSourceMappingResource,
  wanted: Wanted,
): readonly Wanted[] {
  const roleArn = findFunction(assembly, mapping.functionArn)?.fn.roleArn;
  const role = assembly.roles.find((candidate) => candidate.arn === roleArn);
  return role === undefined ? [wanted] : missingPermissions(role, wanted, assembly);
}
