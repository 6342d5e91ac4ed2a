/** Who asks: a function's role, or an AWS service that acts on a resource's behalf. */
export type Principal = { readonly roleArn: string } | { readonly service: string };

/** How a resource policy's principal element meets the caller. `account` delegates to the identity's own policies. */
export type PrincipalMatch = 'direct' | 'account' | 'none';

const KINDS = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser']);

/** Compiles `Principal` (or the list of `NotPrincipal`); undefined when it is malformed. */
export function compilePrincipal(
  element: unknown,
): ((principal: Principal | undefined) => PrincipalMatch) | undefined {
  if (element === '*') return () => 'direct';
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return undefined;
  const named: { kind: string; id: string }[] = [];
  for (const [kind, ids] of Object.entries(element)) {
    for (const id of (Array.isArray(ids) ? ids : [ids]) as readonly unknown[]) {
      if (!KINDS.has(kind) || typeof id !== 'string') return undefined;
      named.push({ kind, id });
    }
  }
  if (named.length === 0) return undefined;
  return (principal) => {
    const matches = new Set(named.map(({ kind, id }) => matchOne(kind, id, principal)));
    if (matches.has('direct')) return 'direct';
    return matches.has('account') ? 'account' : 'none';
  };
}

function matchOne(kind: string, id: string, principal: Principal | undefined): PrincipalMatch {
  if (kind === 'AWS' && id === '*') return 'direct';
  if (principal === undefined) return 'none';
  if ('service' in principal) return kind === 'Service' && id === principal.service ? 'direct' : 'none';
  if (kind !== 'AWS') return 'none';
  if (id === principal.roleArn) return 'direct';
  const accountId = principal.roleArn.split(':')[4];
  return id === accountId || id === `arn:aws:iam::${accountId}:root` ? 'account' : 'none';
}
