import type { PolicyDocument, PolicyStatement } from '../resources/iam.ts';
import { compileDocument, type CompiledStatement, type IamRequest } from './document.ts';

export type { IamRequest } from './document.ts';
export type { Principal } from './principal.ts';
export type { Context, ContextValue } from './template.ts';

/** The policies that bear on one request of one account. */
interface Policies {
  readonly identity: readonly PolicyDocument[];
  /** Permissions boundary of the role: it limits what others grant and grants nothing. */
  readonly boundary?: PolicyDocument | undefined;
  readonly resource?: PolicyDocument | undefined;
  /** Whether other policies count only where that of the resource leaves the decision to the account, as those of keys do. */
  readonly leavesToAccount?: boolean | undefined;
  readonly session?: PolicyDocument | undefined;
}

/** The kinds of policies that IAM evaluates. */
type PolicyKind = 'identity' | 'boundary' | 'resource' | 'session';

/** The decision about a request, and what led to it. */
export interface Evaluation {
  readonly decision: 'allow' | 'explicit-deny' | 'implicit-deny';
  /** The statement that allowed or denied. */
  readonly statement?: PolicyStatement;
  /** The kind of policy that allowed, denied, or failed to allow. */
  readonly by: PolicyKind;
  /** Why a policy could not be read: such a request is always refused. */
  readonly problem?: string;
}

type Statements = Readonly<Record<PolicyKind, readonly CompiledStatement[] | undefined>>;

/**
 * Decides a request as IAM does within one account: an explicit deny wins, then identity or resource policy must
 * allow, within boundary and session policy. A policy that cannot be read, or a condition that is not known, never allows.
 */
export function evaluate(policies: Policies, request: IamRequest): Evaluation {
  const statements = compileAll(policies);
  if ('decision' in statements) return statements;
  const denied = findDeny(statements, request);
  if (denied !== undefined) return denied;
  const resource = findAllow(statements.resource, request, true);
  const isService = request.principal !== undefined && 'service' in request.principal;
  if (isService) {
    return resource === undefined
      ? { decision: 'implicit-deny', by: 'resource' }
      : { decision: 'allow', statement: resource.source, by: 'resource' };
  }
  if (policies.leavesToAccount === true && resource === undefined && !isLeftToAccount(statements, request)) {
    return { decision: 'implicit-deny', by: 'resource' };
  }
  const identity = findAllow(statements.identity, request, false);
  const granted = identity ?? resource;
  if (granted === undefined) return { decision: 'implicit-deny', by: 'identity' };
  for (const limit of ['boundary', 'session'] as const) {
    const within = statements[limit];
    if (within !== undefined && findAllow(within, request, false) === undefined) {
      return { decision: 'implicit-deny', by: limit };
    }
  }
  return {
    decision: 'allow',
    statement: granted.source,
    by: identity === undefined ? 'resource' : 'identity',
  };
}

function compileAll(policies: Policies): Statements | Evaluation {
  const result: Record<PolicyKind, CompiledStatement[] | undefined> = {
    identity: [],
    boundary: undefined,
    resource: undefined,
    session: undefined,
  };
  const documents: (readonly [PolicyKind, PolicyDocument | undefined])[] = [
    ...policies.identity.map((document) => ['identity', document] as const),
    ['boundary', policies.boundary],
    ['resource', policies.resource],
    ['session', policies.session],
  ];
  for (const [kind, document] of documents) {
    if (document === undefined) continue;
    const compiled = compileDocument(document);
    if ('problem' in compiled) return { decision: 'explicit-deny', by: kind, problem: compiled.problem };
    (result[kind] ??= []).push(...compiled);
  }
  return result;
}

function findDeny(statements: Statements, request: IamRequest): Evaluation | undefined {
  for (const by of ['identity', 'boundary', 'session', 'resource'] as const) {
    const found = statements[by]?.find(
      (statement) =>
        statement.effect === 'Deny' &&
        (by !== 'resource' || statement.principal(request.principal) !== 'none') &&
        // A deny whose condition is not known applies.
        statement.matches(request) !== false,
    );
    if (found !== undefined) return { decision: 'explicit-deny', statement: found.source, by };
  }
  return undefined;
}

function isLeftToAccount({ resource }: Statements, request: IamRequest): boolean {
  return (
    resource?.some(
      (statement) =>
        statement.effect === 'Allow' &&
        statement.principal(request.principal) === 'account' &&
        statement.matches(request) === true,
    ) ?? false
  );
}

function findAllow(
  statements: readonly CompiledStatement[] | undefined,
  request: IamRequest,
  needsPrincipal: boolean,
): CompiledStatement | undefined {
  return statements?.find(
    (statement) =>
      statement.effect === 'Allow' &&
      (!needsPrincipal || statement.principal(request.principal) === 'direct') &&
      statement.matches(request) === true,
  );
}
