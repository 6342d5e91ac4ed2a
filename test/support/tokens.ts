import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';

/** What a token says unless a test has it otherwise. */
export interface TokenDefaults {
  readonly issuer: string;
  readonly audience: string;
  readonly scope: string;
  readonly tenant?: string;
}

interface SignOptions {
  readonly alg?: string;
  /** `null` leaves the key id out. */
  readonly kid?: string | null;
  /** Another key than the issuer's. */
  readonly key?: CryptoKey | Uint8Array;
}

/** Signs tokens with one issuer's key, good ones and others. */
export interface Signer {
  readonly jwk: JWK;
  sign(claims?: JWTPayload, options?: SignOptions): Promise<string>;
}

export interface TestIssuer extends Signer {
  readonly jwks: { readonly keys: readonly JWK[] };
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** @param jwk the private key, with its `kid` */
export function signerOf(jwk: JWK, { issuer, audience, scope, tenant }: TokenDefaults): Signer {
  return {
    jwk,
    async sign(claims = {}, { alg = 'RS256', kid, key } = {}) {
      const defaults = { iss: issuer, aud: audience, scope, tenant, sub: 'u1', exp: nowSeconds() + 600 };
      const present = Object.entries({ ...defaults, ...claims }).filter(([, value]) => value !== undefined);
      const header = kid === null ? { alg } : { alg, kid: kid ?? jwk.kid ?? '' };
      return new SignJWT(Object.fromEntries(present))
        .setProtectedHeader(header)
        .sign(key ?? (await importJWK({ ...jwk, alg }, alg)));
    },
  };
}

/** An issuer with a key of its own. */
export async function createTestIssuer(defaults: TokenDefaults): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = 'test-key';
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'RS256' };
  const published = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  return { ...signerOf(jwk, defaults), jwks: { keys: [published] } };
}

async function strangersKey(alg: string): Promise<CryptoKey> {
  return (await generateKeyPair(alg)).privateKey;
}

/** Tokens that API Gateway refuses, so that everything that verifies a token has to refuse them. */
export const unusableTokens: readonly (readonly [string, (signer: Signer) => Promise<string>])[] = [
  ['expired', (signer) => signer.sign({ exp: nowSeconds() - 10 })],
  ['without an end', (signer) => signer.sign({ exp: undefined })],
  ['not yet valid', (signer) => signer.sign({ nbf: nowSeconds() + 600 })],
  ['issued in the future', (signer) => signer.sign({ iat: nowSeconds() + 600 })],
  ['for another audience', (signer) => signer.sign({ aud: 'other' })],
  ['for no audience', (signer) => signer.sign({ aud: undefined })],
  [
    'for the client id alone, with another audience',
    (signer) => signer.sign({ aud: 'other', client_id: 'anineeplus-local' }),
  ],
  ['of another issuer', (signer) => signer.sign({ iss: 'https://local.other.dev/' })],
  ['of no issuer', (signer) => signer.sign({ iss: undefined })],
  ['without a key id', (signer) => signer.sign({}, { kid: null })],
  ['under an unknown key id', (signer) => signer.sign({}, { kid: 'unknown' })],
  [
    'signed by a stranger under our key id',
    async (signer) => signer.sign({}, { key: await strangersKey('RS256') }),
  ],
  [
    'signed with ES256',
    async (signer) => signer.sign({}, { alg: 'ES256', key: await strangersKey('ES256') }),
  ],
  // The classic confusion: the public key, which everybody has, as the secret of a symmetric signature.
  [
    'signed with HS256',
    (signer) => signer.sign({}, { alg: 'HS256', key: Buffer.from(signer.jwk.n ?? '', 'utf8') }),
  ],
  ['signed with PS256', (signer) => signer.sign({}, { alg: 'PS256' })],
  ['without a signature', async (signer) => new UnsecuredJWT(decoded(await signer.sign())).encode()],
  [
    'altered',
    async (signer) => {
      const [header, , signature] = (await signer.sign()).split('.');
      const claims = { ...decoded(await signer.sign()), tenant: 'other' };
      return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    },
  ],
];

const decoded = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload;
