import type { Api } from '../../shared/api/api.ts';
import { newId } from '../ids.ts';
import type { Account } from '../account.ts';
import { answer, execute } from './execute.ts';
import { keyInUse, keyOf } from './idempotency.ts';

/** Stripe's API as the shared server wants it. */
export function stripeApi(account: Account): Api {
  return {
    causeOf: ({ headers, method }) => ({ requestId: newId('req'), idempotencyKey: keyOf(method, headers) }),
    execute: (request, cause) => execute(account, request, cause),
    keyInUse: (cause) => {
      const error = keyInUse(cause.idempotencyKey ?? '');
      return answer(cause, error.status, { error: error.body });
    },
    failure: (_, status) => failureBody(status),
    answer,
  };
}

function failureBody(status: number): object {
  if (status === 429) {
    const message = 'Request rate limit exceeded. Learn more about rate limits in the documentation.';
    return { error: { type: 'invalid_request_error', code: 'rate_limit', message } };
  }
  const type = status >= 500 ? 'api_error' : 'invalid_request_error';
  return { error: { type, message: 'A failure ordered by a test.' } };
}
