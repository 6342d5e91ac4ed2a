import { platformProblem } from '../contract/errors.ts';
import type { Caller } from '../contract/operation.ts';
import type { PluginManifest } from '../contract/plugin.ts';
import type { HttpEvent } from './http-event.ts';

/**
 * Who calls an operation over HTTP, from the claims that the API's authorizer has verified.
 * @throws ProblemError 401 where a scope is needed and nobody was verified
 */
export function httpCaller(
  event: HttpEvent,
  { auth, manifest, operation }: { auth: 'jwt' | 'none'; manifest: PluginManifest; operation: string },
): Caller {
  const jwt = event.requestContext.authorizer?.jwt;
  if (jwt) return callerOf(jwt.claims, jwt.scopes);
  if (auth === 'none') return anonymous(manifest);
  if (manifest.operations?.[operation]?.scope !== undefined) throw platformProblem('unauthorized');
  return { subject: 'anonymous', tenant: 'default', scopes: [] };
}

function callerOf(
  claims: Readonly<Record<string, unknown>>,
  scopes: readonly string[] | null | undefined,
): Caller {
  const text = (claim: string): string | undefined => {
    const value = claims[claim];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    subject: text('sub') ?? 'unknown',
    tenant: text('tenant') ?? 'default',
    scopes: text('scope')?.split(/\s+/) ?? scopes ?? [],
  };
}

/** The caller of an API without authentication: one tenant, every scope. */
function anonymous(manifest: PluginManifest): Caller {
  const scopes = Object.values(manifest.operations ?? {}).flatMap(({ scope }) => scope ?? []);
  return { subject: 'anonymous', tenant: 'default', scopes: [...new Set(scopes)] };
}
