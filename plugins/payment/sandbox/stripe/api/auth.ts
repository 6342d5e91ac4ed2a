import type { IncomingHttpHeaders } from 'node:http';
import { sameSecret } from '../../shared/api/secrets.ts';
import { type Account, API_VERSION } from '../account.ts';
import { ApiError, invalid } from './errors.ts';

/**
 * Which key the request shows. Any test publishable key passes: it is public, and what protects an intent is its
 * client secret. Anything else but the sandbox's own secret key is a 401.
 */
export function authenticate(account: Account, headers: IncomingHttpHeaders): 'secret' | 'publishable' {
  const key = shownKey(headers.authorization ?? '');
  if (key === '') {
    throw unauthorized(
      'You did not provide an API key. You need to provide your API key in the Authorization header, using ' +
        "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (sameSecret(key, account.secretKey)) return 'secret';
  if (/^pk_test_\w+$/.test(key)) return 'publishable';
  throw unauthorized('Invalid API Key provided.');
}

/** The endpoint is not for front ends. */
export function secretKeyRequired(): ApiError {
  const message =
    'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list ' +
    'of your API keys at https://dashboard.stripe.com/account/apikeys.';
  return new ApiError(401, { type: 'invalid_request_error', code: 'secret_key_required', message });
}

/** Only the version the sandbox speaks, or none. */
export function checkVersion(headers: IncomingHttpHeaders): void {
  const version = headers['stripe-version'];
  if (version !== undefined && version !== API_VERSION) {
    throw invalid(
      `Invalid Stripe API version: ${String(version).slice(0, 50)}. The sandbox speaks ${API_VERSION}.`,
    );
  }
}

function unauthorized(message: string): ApiError {
  return new ApiError(401, { type: 'invalid_request_error', message });
}

function shownKey(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (/^bearer$/i.test(scheme)) return value.trim();
  if (!/^basic$/i.test(scheme)) return '';
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '';
}
