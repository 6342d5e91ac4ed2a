import type { RequestCause } from '../../shared/account.ts';
import type { Api, ApiAnswer, ApiRequest } from '../../shared/api/api.ts';
import { fingerprintOf, recall } from '../../shared/api/idempotency.ts';
import { answerOrRefusal } from '../../shared/api/refusal.ts';
import { findRoute } from '../../shared/api/routes.ts';
import { type Account, API_VERSION } from '../account.ts';
import { newId } from '../ids.ts';
import { authenticate, checkVersion, secretKeyRequired } from './auth.ts';
import { ApiError, invalid } from './errors.ts';
import { parseForm } from './form.ts';
import type { Call, StripeRoute } from './route.ts';

/** How long Stripe remembers a key. */
const KEY_LIFETIME_MS = 24 * 3600 * 1000;
const KEY_LENGTH_MAX = 255;

/** What an answer shows of an object: `expand` puts objects in the place of their ids. */
type Expand = (call: Call, object: object) => object;

/** Stripe's API as the shared server wants it. */
export function stripeApi(account: Account, routes: readonly StripeRoute[], expand: Expand): Api {
  return {
    keyHeader: 'idempotency-key',
    newRequestId: () => newId('req'),
    execute: (request, cause) => {
      checkKey(cause.idempotencyKey);
      const publishable = authenticate(account, request.headers) === 'publishable';
      const { id = '', route } = findRoute(routes, request.method, request.path) ?? {};
      if (!route) throw unrecognized(request);
      if (publishable && !route.publishable) throw secretKeyRequired();
      checkVersion(request.headers);
      const { method, path } = request;
      const call: Call = { account, ...cause, method, path, form: parseForm(formText(request)), publishable };
      return account.store.transaction(() => runOnce(call, () => expand(call, route.run(call, id))));
    },
    refusal: (cause, error) => (error instanceof ApiError ? refusal(cause, error) : undefined),
    keyInUse: (cause) => refusal(cause, keyInUse(cause.idempotencyKey ?? '')),
    defect: (cause, message) => answer(cause, 500, { error: { type: 'api_error', message } }),
    failure: (_, status) => failureBody(status),
    answer,
  };
}

/** An answer with the headers every answer has; `original` is the id of the request that is replayed. */
function answer(cause: RequestCause, status: number, body: object | string, original?: string): ApiAnswer {
  const { idempotencyKey: key, requestId } = cause;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'request-id': requestId ?? '',
      'stripe-version': API_VERSION,
      ...(key === null ? {} : { 'idempotency-key': key, 'original-request': original ?? requestId ?? '' }),
      ...(original === undefined ? {} : { 'idempotent-replayed': 'true' }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body, null, 2),
    replayed: original !== undefined,
  };
}

function refusal(cause: RequestCause, { body, status }: ApiError): ApiAnswer {
  return answer(cause, status, { error: body });
}

/** The key keeps every outcome; what is refused before execution throws, so that it is not kept. */
function runOnce(call: Call, run: () => object): ApiAnswer {
  const { account, idempotencyKey: key } = call;
  const act = () =>
    answerOrRefusal(
      () => answer(call, 200, run()),
      (error) => refusal(call, error as ApiError),
    );
  if (key === null) return act();
  const fingerprint = fingerprintOf(call.method, call.path, call.form);
  const sinceMs = account.nowMs() - KEY_LIFETIME_MS;
  const known = recall(account.store.get('idempotency', key), fingerprint, sinceMs, () => keyReused(key));
  if (known) return answer(call, known.status, known.body, known.requestId);
  const made = act();
  const { body, status } = made;
  const record = { fingerprint, requestId: call.requestId ?? '', status, body, createdAtMs: account.nowMs() };
  account.store.put('idempotency', key, record);
  return made;
}

function formText({ body, headers, method, query }: ApiRequest): string {
  if (method === 'GET' || (method === 'DELETE' && body === '')) return query;
  if (query !== '') throw invalid('Parameters of a POST request belong into its body.');
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (body === '' || type === 'application/x-www-form-urlencoded') return body;
  throw invalid(
    'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any ' +
      'questions, we can help at https://support.stripe.com/.',
  );
}

function unrecognized({ method, path }: ApiRequest): ApiError {
  const message =
    `Unrecognized request URL (${method}: ${path.slice(0, 200)}). Please see https://stripe.com/docs or we can ` +
    'help at https://support.stripe.com/. The sandbox lists what it offers in its README.';
  return new ApiError(404, { type: 'invalid_request_error', message });
}

function checkKey(key: string | null): void {
  if (key === null || key.length <= KEY_LENGTH_MAX) return;
  throw invalid(`Idempotency keys can be at most ${KEY_LENGTH_MAX} characters long.`);
}

function keyReused(key: string): ApiError {
  const message =
    'Keys for idempotent requests can only be used for the same endpoint and with the same parameters they ' +
    `were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
  return new ApiError(400, { type: 'idempotency_error', message });
}

function keyInUse(key: string): ApiError {
  const message =
    `There is currently another in-progress request using this Idempotency Key (${key}) (that probably means ` +
    'you submitted twice, and the other request is still going through).';
  return new ApiError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message });
}

function failureBody(status: number): object {
  if (status === 429) {
    const message = 'Request rate limit exceeded. Learn more about rate limits in the documentation.';
    return { error: { type: 'invalid_request_error', code: 'rate_limit', message } };
  }
  const type = status >= 500 ? 'api_error' : 'invalid_request_error';
  return { error: { type, message: 'A failure ordered by a test.' } };
}
