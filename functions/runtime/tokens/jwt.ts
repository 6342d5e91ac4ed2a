import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { fetchPublic } from '../outbound/fetch-public.ts';
import type { Claims } from './claims.ts';
import type { TokenIssuer } from './issuer.ts';

/** What a JWT authorizer of an HTTP API takes: "Currently, only RSA-based algorithms are supported." */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];
const DISCOVERY_TIMEOUT_MS = 3000;

/**
 * The checks of an HTTP API's JWT authorizer: signature, key id, issuer, audience and times.
 * Source: API Gateway developer guide, "Control access to HTTP APIs with JWT authorizers".
 */
export function createJwtVerifier({ issuer, audience, jwksUrl }: TokenIssuer) {
  let keys: Promise<JWTVerifyGetKey> | undefined;

  function keySet(): Promise<JWTVerifyGetKey> {
    keys ??=
      jwksUrl === undefined ? publicKeys(issuer) : Promise.resolve(createRemoteJWKSet(new URL(jwksUrl)));
    // A failure is not kept: the next token tries again.
    keys.catch(() => (keys = undefined));
    return keys;
  }

  const key: JWTVerifyGetKey = async (header, token) => {
    // jose would take the only key of a set for a token that names none.
    if (header.kid === undefined) throw new errors.JWTInvalid('the token names no key');
    return (await keySet())(header, token);
  };

  return async (token: string): Promise<{ readonly claims: Claims; readonly endsAtMs: number }> => {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ALGORITHMS,
      issuer,
      requiredClaims: ['exp'],
    });
    if (payload.iat !== undefined && payload.iat > Date.now() / 1000) {
      throw new errors.JWTClaimValidationFailed('"iat" is in the future', payload, 'iat', 'check_failed');
    }
    if (!hasAudience(payload, audience)) {
      throw new errors.JWTClaimValidationFailed('unexpected "aud"', payload, 'aud', 'check_failed');
    }
    return { claims: gatewayClaims(payload), endsAtMs: (payload.exp ?? 0) * 1000 };
  };
}

/** Whether the token is meant for this API; `client_id` counts only where there is no `aud`. */
function hasAudience(payload: JWTPayload, audience: readonly string[]): boolean {
  const given = payload.aud ?? (payload['client_id'] as string | undefined) ?? [];
  return [given].flat().some((value) => audience.includes(value));
}

/** Claims as API Gateway passes them to a function: each as text, lists in brackets. */
function gatewayClaims(payload: JWTPayload): Claims {
  const text = (value: unknown) => (Array.isArray(value) ? `[${value.join(' ')}]` : String(value));
  return {
    claims: Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, text(value)])),
  };
}

/** The keys where the issuer's discovery document says, which API Gateway has to reach on the public internet too. */
async function publicKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetchPublic(url, { timeoutMs: DISCOVERY_TIMEOUT_MS });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const { jwks_uri: uri } = (await response.json()) as { readonly jwks_uri?: unknown };
  if (typeof uri !== 'string') throw new Error(`${url} names no jwks_uri`);
  return createRemoteJWKSet(new URL(uri), { [customFetch]: (keysUrl) => fetchPublic(keysUrl) });
}
