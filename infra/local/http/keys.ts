import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';

/** Identity provider of this machine: its keys, and the tokens that it signs. */
export interface LocalIssuer {
  /** Public keys, for `/dev/issuer/.well-known/jwks.json`. */
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly keyId: string;
  mint(
    claims: JWTPayload,
    options: { issuer: string; audience: string; expiresInSeconds: number },
  ): Promise<string>;
}

const ALGORITHM = 'ES256';

/** Opens the keys of a state folder; makes them the first time, readable by their owner only. */
export async function openIssuer(stateDir: string): Promise<LocalIssuer> {
  const file = join(stateDir, 'issuer.json');
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const kid = `local-${Date.now().toString(36)}`;
    writeFileSync(file, JSON.stringify({ ...(await exportJWK(privateKey)), kid, alg: ALGORITHM }), {
      mode: 0o600,
    });
  }
  const jwk = JSON.parse(readFileSync(file, 'utf8')) as JWK & { kid: string; d: string };
  const { d: _private, ...publicJwk } = jwk;
  const privateKey = await importJWK(jwk, ALGORITHM);

  return {
    jwks: { keys: [{ ...publicJwk, use: 'sig' }] },
    keyId: jwk.kid,
    mint: (claims, { issuer, audience, expiresInSeconds }) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, kid: jwk.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${expiresInSeconds}s`)
        .sign(privateKey),
  };
}
