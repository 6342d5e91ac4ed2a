import type { Api } from '../../shared/api/api.ts';
import { newDebugId } from '../ids.ts';
import type { Account } from '../account.ts';
import { ApiError, errorBody } from './errors.ts';
import { answer, execute, refusal } from './execute.ts';
import { requestIdOf } from './request-ids.ts';

/** PayPal's API as the shared server wants it. */
export function paypalApi(account: Account): Api {
  return {
    causeOf: ({ headers, method }) => ({
      requestId: newDebugId(),
      idempotencyKey: requestIdOf(method, headers),
    }),
    execute: (request, cause) => execute(account, request, cause),
    keyInUse: (cause) => {
      const description =
        'A previous request on this resource is currently in progress. Please wait for sometime.';
      return refusal(cause, new ApiError(409, [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS', description }]));
    },
    failure: (cause, status) =>
      status === 401
        ? { error: 'invalid_token', error_description: 'A failure ordered by a test.' }
        : errorBody(status, cause.requestId ?? '', []),
    answer,
  };
}
