import type { JWK } from 'jose';

/** Whether an issuer is a service whose keys can be fetched, on the internet or on this machine. */
export function isRemoteIssuer(issuer: string | undefined): issuer is string {
  if (issuer === undefined || !URL.canParse(issuer)) return false;
  const { protocol, hostname } = new URL(issuer);
  const isReserved = /^local\.|(^|\.)(local|invalid|test|example|example\.(com|net|org))$/.test(hostname);
  return protocol === 'https:' && !isReserved;
}

/** Where an issuer publishes its keys, by its discovery document. */
export async function jwksUri(issuer: string): Promise<string> {
  const base = issuer.replace(/\/$/, '');
  const response = await fetch(`${base}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(5_000),
  });
  const { jwks_uri: uri } = (await response.json()) as { jwks_uri: string };
  return uri;
}

/** The keys of an issuer. Functions read them from this machine, since they call no issuer. */
export async function remoteKeys(issuer: string): Promise<readonly JWK[]> {
  const response = await fetch(await jwksUri(issuer), { signal: AbortSignal.timeout(5_000) });
  return ((await response.json()) as { keys: JWK[] }).keys;
}
