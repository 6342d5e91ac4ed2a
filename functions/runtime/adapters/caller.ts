import { platformProblem } from '../contract/errors.ts';
import type { Caller } from '../contract/operation.ts';
import type { PluginManifest } from '../contract/plugin.ts';
import { withCredentials } from '../credentials.ts';
import type { Claims } from '../tokens/claims.ts';
import type { TokenVerifier } from '../tokens/verifier.ts';
import type { HttpEvent } from './http-event.ts';

/** What decides who the caller of an operation is. */
interface CallerRules {
  readonly auth: 'jwt' | 'none';
  readonly manifest: PluginManifest;
  readonly operation: string;
}

/**
 * Who calls an operation over HTTP, from the claims that the API's authorizer has verified.
 * @throws ProblemError 401 where a scope is needed and there is no verified token, or one that names nobody we can store
 */
export function httpCaller(event: HttpEvent, rules: CallerRules): Caller {
  const jwt = event.requestContext.authorizer?.jwt;
  if (!jwt) return unverified(rules);
  const token = event.headers['authorization']?.replace(/^bearer\s+/i, '').trim();
  const caller = callerOf(jwt);
  return token ? withCredentials(caller, { token, scopes: undefined }) : caller;
}

/** What a call of another function carries of its end user. */
interface CallProof {
  readonly token?: string | undefined;
  /** Narrows the token's scopes, and can add none. */
  readonly scopes?: readonly string[] | undefined;
}

/**
 * The end user for whom another function calls an operation, from that user's token alone.
 * @throws ProblemError 401 for a token that does not verify, or where a scope is needed and there is no token
 */
export async function directCaller(
  { token, scopes }: CallProof,
  rules: CallerRules,
  verify: TokenVerifier,
): Promise<Caller> {
  if (rules.auth === 'none' || token === undefined) return unverified(rules);
  const caller = callerOf(await verify(token));
  const narrowed = scopes
    ? { ...caller, scopes: caller.scopes.filter((one) => scopes.includes(one)) }
    : caller;
  return withCredentials(narrowed, { token, scopes });
}

/** @throws ProblemError 401 where a scope is needed */
function unverified({ auth, manifest, operation }: CallerRules): Caller {
  if (auth === 'none') return anonymous(manifest);
  if (manifest.operations?.[operation]?.scope !== undefined) throw platformProblem('unauthorized');
  return { subject: 'anonymous', tenant: 'default', scopes: [] };
}

/** Characters of a claim that becomes part of keys: a longer one would fit no key of a table. */
const CLAIM_CHARS_MAX = 256;

/** @throws ProblemError 401 for a subject or a tenant that no table could store: too long, or no Unicode text */
function callerOf({ claims, scopes }: Claims): Caller {
  const text = (claim: string): string | undefined => {
    const value = claims[claim];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const name = (claim: string): string | undefined => {
    const value = text(claim);
    if (value === undefined || (value.length <= CLAIM_CHARS_MAX && value.isWellFormed())) return value;
    const fault = value.isWellFormed() ? `more than ${CLAIM_CHARS_MAX} characters` : 'half a surrogate pair';
    throw platformProblem('unauthorized', { detail: `The claim "${claim}" has ${fault}.` });
  };
  // A list of the token reaches the function as text in brackets.
  const granted = (text('scope') ?? text('scp'))?.replace(/^\[(.*)\]$/, '$1');
  return {
    subject: name('sub') ?? 'unknown',
    tenant: name('tenant') ?? 'default',
    scopes: granted?.split(/\s+/) ?? scopes ?? [],
  };
}

/** The caller of an API without authentication: one tenant, every scope. */
function anonymous(manifest: PluginManifest): Caller {
  const scopes = Object.values(manifest.operations ?? {}).flatMap(({ scope }) => scope ?? []);
  return { subject: 'anonymous', tenant: 'default', scopes: [...new Set(scopes)] };
}
