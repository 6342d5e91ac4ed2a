import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import { type HttpResponse, json } from '../http/response.ts';
import type { RouteResource } from '../resources/api-gateway.ts';
import { isRemoteIssuer, jwksUri } from './issuers.ts';
import type { LocalIssuer } from './local-issuer.ts';

/** What the authorizer puts into the event. */
interface JwtAuthorizer {
  readonly jwt: {
    readonly claims: Readonly<Record<string, string>>;
    readonly scopes: readonly string[] | null;
  };
}

/** The context of an authorized request, or the answer to a refused one. */
type Authorization =
  | {
      readonly authorizer: JwtAuthorizer;
      /** The `Authorization` header that the function gets, where the client sent none. */
      readonly developerToken?: string;
      readonly refusal?: undefined;
    }
  | { readonly refusal: HttpResponse };

/** What the authorizer of the local HTTP API works with. */
interface AuthorizerOptions {
  readonly issuer: LocalIssuer;
  /** Demands a token; otherwise a call without one is the developer's. */
  readonly strict: boolean;
  /** Every scope of the system, which are the developer's. */
  readonly allScopes: () => readonly string[];
}

/** @param foreign whether a web page of another origin calls, which is never the developer */
export type Authorizer = (
  route: RouteResource,
  authorization: string | undefined,
  foreign?: boolean,
) => Promise<Authorization>;

/**
 * "Currently, only RSA-based algorithms are supported."
 * Source: API Gateway developer guide, "Control access to HTTP APIs with JWT authorizers".
 */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

const DEVELOPER_TOKEN_SECONDS = 3600;
/** A token that functions pass on must not expire during their calls. */
const RENEW_BEFORE_MS = 300_000;

/** The JWT authorizer of an HTTP API: verifies signature, issuer, audience, times and scopes. */
export function createAuthorizer({ issuer: local, strict, allScopes }: AuthorizerOptions): Authorizer {
  const localKeys = createLocalJWKSet({ keys: [...local.jwks.keys] });
  const remoteKeys = new Map<string, Promise<JWTVerifyGetKey>>();

  const keysOf =
    (route: RouteResource): JWTVerifyGetKey =>
    async (header, token) => {
      // jose would take the only key of a set for a token that names none; API Gateway demands the key id.
      if (header.kid === undefined) throw new Error('the token names no key');
      if (header.kid === local.keyId || !isRemoteIssuer(route.issuer)) return localKeys(header, token);
      const keys =
        remoteKeys.get(route.issuer) ?? jwksUri(route.issuer).then((uri) => createRemoteJWKSet(new URL(uri)));
      remoteKeys.set(route.issuer, keys);
      keys.catch(() => remoteKeys.delete(route.issuer ?? ''));
      return (await keys)(header, token);
    };

  const developer = developerTokens(local, allScopes);

  return async (route, authorization, foreign = false) => {
    if (authorization === undefined) {
      if (strict || foreign) return { refusal: unauthorized(route) };
      const { token, claims } = await developer(route);
      return { ...granted(claims, route), developerToken: `Bearer ${token}` };
    }
    const token = authorization.replace(/^bearer\s+/i, '').trim();
    try {
      const { payload } = await jwtVerify(token, keysOf(route), {
        algorithms: ALGORITHMS,
        ...(route.issuer !== undefined && { issuer: route.issuer }),
        requiredClaims: ['exp'],
      });
      if (isIssuedInFuture(payload)) return { refusal: unauthorized(route, 'invalid_token') };
      if (!isForAudience(payload, route.audience)) return { refusal: unauthorized(route, 'invalid_token') };
      if (!hasScope(payload, route.scopes)) return { refusal: insufficientScope(route) };
      return granted(payload, route);
    } catch {
      return { refusal: unauthorized(route, 'invalid_token') };
    }
  };
}

/**
 * Tokens of the developer, for calls without one: the functions get a token that they can verify and pass on, as on
 * AWS. Each is used until shortly before it expires, or until the scopes of the system change.
 */
function developerTokens(local: LocalIssuer, allScopes: () => readonly string[]) {
  const made = new Map<string, { readonly token: string; readonly claims: JWTPayload; endsAtMs: number }>();
  return async ({ issuer = '', audience }: RouteResource) => {
    const claims = { sub: 'developer', tenant: 'default', scope: allScopes().join(' ') };
    const key = JSON.stringify([issuer, audience, claims.scope]);
    const known = made.get(key);
    if (known && known.endsAtMs - RENEW_BEFORE_MS > Date.now()) return known;
    const endsAtMs = Date.now() + DEVELOPER_TOKEN_SECONDS * 1000;
    const token = await local.mint(claims, {
      issuer,
      audience: audience[0] ?? '',
      expiresInSeconds: DEVELOPER_TOKEN_SECONDS,
    });
    const minted = { token, claims: decodeJwt(token), endsAtMs };
    made.set(key, minted);
    return minted;
  };
}

/** API Gateway refuses a token whose `iat` is still to come. */
function isIssuedInFuture({ iat }: JWTPayload): boolean {
  return iat !== undefined && iat > Date.now() / 1000;
}

/** `aud`, or `client_id` where there is none, has to be one that the authorizer names. */
function isForAudience(payload: JWTPayload, audience: readonly string[]): boolean {
  const given = payload.aud ?? (payload['client_id'] as string | undefined) ?? [];
  return [given].flat().some((value) => audience.includes(value));
}

function tokenScopesOf(payload: JWTPayload): readonly string[] {
  const given = payload['scope'] ?? payload['scp'] ?? '';
  if (Array.isArray(given)) return given.map(String);
  return typeof given === 'string' ? given.split(' ').filter(Boolean) : [];
}

/** One of the route's scopes is enough, as on API Gateway. */
function hasScope(payload: JWTPayload, scopes: readonly string[]): boolean {
  return scopes.length === 0 || tokenScopesOf(payload).some((scope) => scopes.includes(scope));
}

/** API Gateway passes every claim as text, lists in brackets. */
function granted(payload: JWTPayload, route: RouteResource): { readonly authorizer: JwtAuthorizer } {
  const text = (value: unknown) => (Array.isArray(value) ? `[${value.join(' ')}]` : String(value));
  const claims = Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, text(value)]));
  const scopes = route.scopes.filter((scope) => tokenScopesOf(payload).includes(scope));
  return { authorizer: { jwt: { claims, scopes: route.scopes.length === 0 ? null : scopes } } };
}

function challenge(route: RouteResource, error: string | undefined): Record<string, string> {
  const scope = route.scopes.length > 0 ? ` scope="${route.scopes.join(' ')}"` : '';
  return { 'www-authenticate': `Bearer${scope}${error ? `${scope && ','} error="${error}"` : ''}` };
}

function unauthorized(route: RouteResource, error?: string): HttpResponse {
  return json(401, { message: 'Unauthorized' }, challenge(route, error));
}

function insufficientScope(route: RouteResource): HttpResponse {
  return json(403, { message: 'Forbidden' }, challenge(route, 'insufficient_scope'));
}
