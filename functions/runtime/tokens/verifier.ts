import { createHash } from 'node:crypto';
import { platformProblem } from '../contract/errors.ts';
import type { Claims } from './claims.ts';
import type { TokenIssuer } from './issuer.ts';

/**
 * Verifies an access token as the API's authorizer does.
 * @throws ProblemError 401 `unauthorized`, or 503 `issuer-unavailable` when the keys cannot be read
 */
export type TokenVerifier = (token: string) => Promise<Claims>;

interface VerifierOptions {
  readonly maxCached?: number;
  readonly nowMs?: () => number;
}

/** Verified tokens are cached until they expire; the oldest entry is evicted first. */
export function createTokenVerifier(
  issuer: TokenIssuer | undefined,
  { maxCached = 500, nowMs = Date.now }: VerifierOptions = {},
): TokenVerifier {
  const verified = new Map<string, { readonly claims: Claims; readonly endsAtMs: number }>();
  let jwt: Promise<(token: string) => Promise<{ claims: Claims; endsAtMs: number }>> | undefined;

  // Loaded with the first token of a call: most environments serve HTTP, whose tokens API Gateway has verified.
  const load = () =>
    (jwt ??= import('./jwt.ts').then(({ createJwtVerifier }) => {
      if (!issuer) throw new Error('ANINEEPLUS_AUTH_ISSUER and ANINEEPLUS_AUTH_AUDIENCE are not set');
      return createJwtVerifier(issuer);
    }));

  return async (token) => {
    const id = createHash('sha256').update(token).digest('base64');
    const known = verified.get(id);
    if (known && known.endsAtMs > nowMs()) return known.claims;
    verified.delete(id);
    const verify = await load();
    const fresh = await verify(token).catch((error: unknown) => {
      throw platformProblem(isInvalidToken(error) ? 'unauthorized' : 'issuer-unavailable', { cause: error });
    });
    verified.set(id, fresh);
    const [oldest] = verified.keys();
    if (verified.size > maxCached && oldest !== undefined) verified.delete(oldest);
    return fresh.claims;
  };
}

/** Error codes of jose for a bad token; any other failure is the key set's or the network's. */
const INVALID_TOKEN_CODES =
  /^ERR_(JWT_|JWS_|JOSE_ALG_|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING|JWKS_MULTIPLE_MATCHING)/;

const isInvalidToken = (error: unknown): boolean =>
  INVALID_TOKEN_CODES.test(String((error as { readonly code?: unknown } | null)?.code));
