import { neededPermissions } from '../iam/actions.ts';
import { evaluate } from '../iam/evaluate.ts';
import { denialHint, denialMessage } from '../iam/hint.ts';
import { resourcePolicyOf } from '../iam/resource-policy.ts';
import type { JsonObject } from '../json.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { FunctionResource } from '../resources/lambda.ts';
import { findFunction } from '../services/function-ref.ts';
import { findSecret } from '../services/secrets.ts';
import type { AwsCall } from '../services/types.ts';
import type { Denial } from '../types.ts';

/** A call that the caller's role does not allow. */
interface Refusal {
  /** AWS's error code. */
  readonly code: string;
  readonly denial: Denial;
  /** AWS's wording, with the line of the manifest that would allow the call. */
  readonly message: string;
}

type Call = Pick<AwsCall, 'service' | 'operation' | 'input' | 'caller'>;

/** Evaluates the caller's role for every action of a call. @returns undefined when all of them are allowed */
export function refusalOf(call: Call, assembly: Assembly): Refusal | undefined {
  const { service, operation, caller } = call;
  const { region, accountId, tables, queues, secrets, mappings } = assembly;
  const body = withArns(call, assembly);
  const requests = neededPermissions({
    service,
    operation,
    body,
    region,
    accountId,
    tables,
    queues,
    secrets,
    mappings,
  });
  if (requests === undefined) return unmapped(caller, `${service}:${operation}`);
  const role = assembly.roles.find((candidate) => candidate.arn === caller.roleArn);
  for (const request of requests) {
    const evaluation = evaluate(
      {
        identity: role?.policies ?? [],
        boundary: role?.boundary,
        ...resourcePolicyOf(assembly, request.resource),
      },
      {
        ...request,
        principal: { roleArn: caller.roleArn },
        context: { 'aws:PrincipalArn': caller.roleArn, ...request.context },
      },
    );
    if (evaluation.decision !== 'allow') {
      // What grants the use of a table or queue grants that of its key.
      const { action, resource } = request.through ?? request;
      const hint = denialHint(caller, action, resource);
      const isKeyOfQueue = request.through?.action.startsWith('sqs:') === true;
      return {
        code: isKeyOfQueue ? 'KmsAccessDenied' : 'AccessDeniedException',
        denial: denialOf(caller, request.action, request.resource, hint),
        message: denialMessage(caller, request, evaluation, hint),
      };
    }
  }
  return undefined;
}

/** Names in forms that only the assembly can turn into ARNs. */
function withArns(call: Call, assembly: Assembly): JsonObject {
  const { input } = call;
  if (call.service === 'secretsmanager' && typeof input['SecretId'] === 'string') {
    return { ...input, SecretId: findSecret(assembly, input['SecretId'])?.arn ?? input['SecretId'] };
  }
  if (call.service !== 'lambda' || typeof input['FunctionName'] !== 'string') return input;
  const qualifier = typeof input['Qualifier'] === 'string' ? input['Qualifier'] : undefined;
  const ref = findFunction(assembly, input['FunctionName'], qualifier);
  return { ...input, FunctionName: ref?.arn ?? input['FunctionName'] };
}

function unmapped(caller: FunctionResource, action: string): Refusal {
  const hint = 'the local runner does not know the operation, or cannot tell what it touches';
  return {
    code: 'AccessDeniedException',
    denial: denialOf(caller, action, '*', hint),
    message: `User: ${caller.roleArn} is not authorized to perform: ${action} on resource: *; ${hint}`,
  };
}

const denialOf = (caller: FunctionResource, action: string, resource: string, hint: string): Denial => ({
  functionName: caller.name,
  action,
  resource,
  hint,
  at: new Date().toISOString(),
});
