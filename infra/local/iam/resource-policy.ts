import type { Assembly } from '../resources/assembly.ts';
import type { PolicyDocument } from '../resources/iam.ts';

/** The policy of a resource, as it bears on a request of a role. */
interface ResourcePolicy {
  readonly resource?: PolicyDocument | undefined;
  /** Whether the role's own policies count only where the resource's policy leaves the decision to the account. */
  readonly leavesToAccount?: boolean;
}

/** The policy of a queue or of a key of the assembly; that of a key of its own counts before all others. */
export function resourcePolicyOf(
  { queues, keys }: Pick<Assembly, 'queues' | 'keys'>,
  resource: string,
): ResourcePolicy {
  const key = keys.find(({ arn }) => arn === resource);
  if (key) return { resource: key.policy, leavesToAccount: true };
  return { resource: queues.find(({ arn }) => arn === resource)?.policy };
}
