import { randomUUID } from 'node:crypto';
import type { FunctionResource } from '../resources/lambda.ts';
import type { NeededPermission } from './action-mapper.ts';
import type { Evaluation } from './evaluate.ts';
import { globExpression, parseTemplate, resourceExpression } from './template.ts';

/** The line of the manifest that would grant the call, or that none can. */
export function denialHint(fn: FunctionResource, action: string, resource: string): string {
  if (fn.manifest === undefined) {
    return `${fn.name} belongs to the platform: its permissions are not set in a manifest`;
  }
  const grants = fn.grantable.filter(
    (grant) =>
      grant.actions.some((pattern) =>
        globExpression(parseTemplate(pattern, false), {}, 'is')?.test(action),
      ) &&
      grant.resources.some((pattern) =>
        resourceExpression(parseTemplate(pattern, false), {})?.test(resource),
      ),
  );
  const [narrowest] = grants.sort((a, b) => a.actions.length - b.actions.length);
  if (narrowest === undefined) {
    return `no permission in ${fn.manifest} can grant it: it is outside what plugin "${fn.plugin}" may use without a statement under iam`;
  }
  return `add "${narrowest.permission}" to permissions.${fn.key} in ${fn.manifest}`;
}

const POLICY_NAMES = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
} as const;

/** What each service says when it may not use a key in the name of its caller. */
const KEY_DENIALS: Readonly<Record<string, (reason: string) => string>> = {
  dynamodb: (reason) =>
    `KMS key access denied error: com.amazonaws.services.kms.model.AWSKMSException: ${fromKms(reason)}`,
  sqs: fromKms,
};

function fromKms(reason: string): string {
  const answer = `Status Code: 400; Error Code: AccessDeniedException; Request ID: ${randomUUID()}; Proxy: null`;
  return `${reason} (Service: AWSKMS; ${answer})`;
}

/** The message of a denial in the words of AWS and of the service that was called, followed by the hint. */
export function denialMessage(
  fn: FunctionResource,
  { action, resource, through }: Pick<NeededPermission, 'action' | 'resource' | 'through'>,
  evaluation: Evaluation,
  hint: string = denialHint(fn, action, resource),
): string {
  const role = fn.roleArn.slice(fn.roleArn.lastIndexOf('/') + 1);
  const accountId = fn.roleArn.split(':')[4];
  const who = `arn:aws:sts::${accountId}:assumed-role/${role}/${fn.name}`;
  const policy = POLICY_NAMES[evaluation.by];
  const because =
    evaluation.decision === 'explicit-deny'
      ? `with an explicit deny in ${evaluation.by === 'identity' ? 'an' : 'a'} ${policy}`
      : `because no ${policy} allows the ${action} action`;
  const problem = evaluation.problem === undefined ? '' : ` (${evaluation.problem})`;
  const reason = `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${because}${problem}`;
  const [service = ''] = through?.action.split(':') ?? [];
  return `${KEY_DENIALS[service]?.(reason) ?? reason}; ${hint}`;
}
