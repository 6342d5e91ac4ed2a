import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiRequest } from '../../shared/api/api.ts';
import { sameSecret } from '../../shared/api/secrets.ts';
import type { Account } from '../account.ts';
import { AuthError } from './errors.ts';

/** How long an access token is good for. */
const TOKEN_SECONDS = 32_400;
const TOKEN = /^A21AA([0-9a-f]{32}[0-9a-f]{10})([0-9a-f]{64})$/;

/** `POST /v1/oauth2/token`: a token for the client that shows its secret. */
export function issueToken(account: Account, { body, headers }: ApiRequest): object {
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(' ', 2);
  const shown = /^basic$/i.test(scheme) ? Buffer.from(value, 'base64').toString('utf8') : '';
  if (!sameSecret(shown, `${account.clientId}:${account.clientSecret}`)) {
    throw new AuthError(401, 'invalid_client', 'Client Authentication failed');
  }
  const grant = new URLSearchParams(body).get('grant_type');
  if (grant !== 'client_credentials') {
    const missing = grant === null || grant === '';
    throw new AuthError(
      400,
      missing ? 'invalid_request' : 'unsupported_grant_type',
      missing ? 'Missing grant_type' : 'Grant Type is NULL or not supported',
    );
  }
  const nowSeconds = Math.floor(account.realNowMs() / 1000);
  const expiry = (nowSeconds + TOKEN_SECONDS).toString(16).padStart(10, '0');
  const claims = `${randomBytes(16).toString('hex')}${expiry}`;
  return {
    scope:
      'https://uri.paypal.com/services/payments/payment https://uri.paypal.com/services/payments/payment/authcapture',
    access_token: `A21AA${claims}${seal(account, claims)}`,
    token_type: 'Bearer',
    app_id: 'APP-80W284485P519543T',
    expires_in: TOKEN_SECONDS,
    nonce: new Date(account.realNowMs()).toISOString() + randomBytes(12).toString('base64url'),
  };
}

/**
 * Lets a request with a token of this sandbox pass. Tokens are sealed, not kept, so they outlive a reset and a
 * restart; they expire by real time, because clients keep their expiry by their own clock.
 */
export function authenticate(account: Account, headers: IncomingHttpHeaders): void {
  const [, shown] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (shown === undefined) {
    throw new AuthError(401, 'invalid_token', 'The access token is missing from the Authorization header');
  }
  const [, claims = '', mark = ''] = TOKEN.exec(shown) ?? [];
  if (!sameSecret(mark, seal(account, claims))) {
    throw new AuthError(401, 'invalid_token', 'Token signature verification failed');
  }
  if (Number.parseInt(claims.slice(32), 16) * 1000 <= account.realNowMs()) {
    throw new AuthError(401, 'invalid_token', 'Access Token expired');
  }
}

function seal(account: Account, claims: string): string {
  return createHmac('sha256', account.clientSecret).update(`${account.clientId} ${claims}`).digest('hex');
}
