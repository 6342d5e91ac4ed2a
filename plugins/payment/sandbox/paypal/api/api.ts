import type { RequestCause } from '../../shared/account.ts';
import type { Api, ApiAnswer, ApiRequest } from '../../shared/api/api.ts';
import { fingerprintOf, recall } from '../../shared/api/idempotency.ts';
import { answerOrRefusal } from '../../shared/api/refusal.ts';
import { findRoute } from '../../shared/api/routes.ts';
import type { Account } from '../account.ts';
import { newDebugId } from '../ids.ts';
import { pkiOf } from '../webhooks/certificates.ts';
import { authenticate, issueToken } from './auth.ts';
import { ApiError, AuthError, errorBody, invalid, notFound, unprocessable } from './errors.ts';
import { refuseAsMocked } from './mock.ts';
import type { Call, PaypalRoute } from './route.ts';

const CERTIFICATE = /^\/v1\/notifications\/certs\/([\w-]+)$/;
const REQUEST_ID_LENGTH_MAX = 108;

/** PayPal's API as the shared server wants it. */
export function paypalApi(account: Account, routes: readonly PaypalRoute[]): Api {
  return {
    keyHeader: 'paypal-request-id',
    newRequestId: newDebugId,
    execute: (request, cause) => {
      if (request.method === 'POST' && request.path === '/v1/oauth2/token') {
        return answer(cause, 200, issueToken(account, request));
      }
      const certificate = request.method === 'GET' ? CERTIFICATE.exec(request.path)?.[1] : undefined;
      if (certificate !== undefined) return serveCertificate(account, cause, certificate);
      authenticate(account, request.headers);
      const found = findRoute(routes, request.method, request.path);
      if (!found) throw notFound();
      const { id, route } = found;
      if (!route) throw new ApiError(405, []);
      refuseAsMocked(request.headers);
      checkRequestId(cause.idempotencyKey);
      const call = callOf(account, request, cause);
      return account.store.transaction(() => runOnce(call, cause, route, id));
    },
    refusal: (cause, error) => {
      if (error instanceof ApiError) return refusal(cause, error);
      if (!(error instanceof AuthError)) return undefined;
      return answer(cause, error.status, { error: error.error, error_description: error.message });
    },
    keyInUse: (cause) => {
      const description =
        'A previous request on this resource is currently in progress. Please wait for sometime.';
      return refusal(cause, new ApiError(409, [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS', description }]));
    },
    defect: (cause, description) =>
      refusal(cause, new ApiError(500, [{ issue: 'INTERNAL_SERVER_ERROR', description }])),
    failure: (cause, status) =>
      status === 401
        ? { error: 'invalid_token', error_description: 'A failure ordered by a test.' }
        : errorBody(status, cause.requestId ?? '', []),
    answer,
  };
}

/** An answer with the headers every answer has. */
function answer(cause: RequestCause, status: number, body?: object | string, replayed = false): ApiAnswer {
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  return {
    status,
    headers: {
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      'paypal-debug-id': cause.requestId ?? '',
    },
    body: text ?? '',
    replayed,
  };
}

function refusal(cause: RequestCause, { details, links, status }: ApiError): ApiAnswer {
  return answer(cause, status, errorBody(status, cause.requestId ?? '', details, links));
}

/** What a request id made is shown as it is now; nothing is remembered of a refusal, so it can be tried again. */
function runOnce(call: Call, cause: RequestCause, { replay, run }: PaypalRoute, id: string): ApiAnswer {
  const { account, requestId } = call;
  const fingerprint = fingerprintOf(call.method, call.path, call.body);
  if (requestId !== null && replay) {
    const sinceMs = account.nowMs() - replay.lifetimeMs;
    const known = recall(account.store.get('requestId', requestId), fingerprint, sinceMs, () =>
      unprocessable('PAYPAL_REQUEST_ID_PREVIOUSLY_USED'),
    );
    if (known) {
      const { body } = replay.show(call, known.ref);
      return answer(cause, body ? 200 : 204, body, true);
    }
  }
  const act = (): ApiAnswer => {
    const { body, ref, status } = run(call, id);
    if (requestId !== null && replay && ref !== undefined)
      account.store.put('requestId', requestId, { fingerprint, ref, createdAtMs: account.nowMs() });
    return answer(cause, status, body);
  };
  return answerOrRefusal(act, (error) => refusal(cause, error as ApiError));
}

function callOf(account: Account, request: ApiRequest, cause: RequestCause): Call {
  const { body, headers, method, path, query } = request;
  const prefer = String(headers.prefer ?? '');
  return {
    account,
    method,
    path,
    query: new URLSearchParams(query),
    body: jsonOf(body, headers['content-type'] ?? ''),
    rawBody: body,
    representation: prefer.split(/[,;]/).some((part) => part.trim() === 'return=representation'),
    requestId: cause.idempotencyKey,
  };
}

function jsonOf(body: string, contentType: string): unknown {
  if (body === '') return {};
  if (contentType.split(';')[0]?.trim().toLowerCase() !== 'application/json') throw new ApiError(415, []);
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw invalid('MALFORMED_REQUEST_JSON', 'The request JSON is not well formed.', '/');
  }
}

function checkRequestId(id: string | null): void {
  if (id === null || id.length <= REQUEST_ID_LENGTH_MAX) return;
  const description = `The value of a field is either too short or too long: at most ${REQUEST_ID_LENGTH_MAX} characters.`;
  throw invalid('INVALID_STRING_LENGTH', description, 'PayPal-Request-Id', 'header');
}

function serveCertificate(account: Account, cause: RequestCause, id: string): ApiAnswer {
  const { caPem, certId, leafPem } = pkiOf(account);
  if (id !== certId) throw notFound();
  const made = answer(cause, 200, leafPem + caPem);
  return { ...made, headers: { ...made.headers, 'content-type': 'application/x-pem-file' } };
}
