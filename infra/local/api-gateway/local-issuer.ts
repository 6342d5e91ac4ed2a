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

/** A JWT authorizer of an HTTP API takes RSA signatures only. */
const ALGORITHM = 'RS256';

type StoredKey = JWK & { readonly kid: string };

/**
 * Opens the keys of a state folder; makes them the first time, readable by their owner only. Keys of another algorithm,
 * which an earlier version made, are replaced.
 */
export async function openIssuer(stateDir: string): Promise<LocalIssuer> {
  const file = join(stateDir, 'issuer.json');
  const jwk = storedKey(file) ?? (await createKey(file));
  const { kid, kty, n, e } = jwk;
  const privateKey = await importJWK(jwk, ALGORITHM);

  return {
    jwks: { keys: [{ kty, n, e, kid, alg: ALGORITHM, use: 'sig' }] },
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

function storedKey(file: string): StoredKey | undefined {
  if (!existsSync(file)) return undefined;
  const jwk = JSON.parse(readFileSync(file, 'utf8')) as StoredKey;
  return jwk.alg === ALGORITHM ? jwk : undefined;
}

async function createKey(file: string): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = {
    ...(await exportJWK(privateKey)),
    kid: `local-${Date.now().toString(36)}`,
    alg: ALGORITHM,
  };
  writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 });
  return jwk;
}
