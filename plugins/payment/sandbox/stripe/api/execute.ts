import type { ApiAnswer, ApiRequest } from '../../shared/api/api.ts';
import type { Cause } from '../../shared/account.ts';
import { parseForm } from '../http/form.ts';
import { publicError, publicView } from '../intents/find.ts';
import type { Account } from '../account.ts';
import { API_VERSION } from '../account.ts';
import { authenticate, checkVersion, secretKeyRequired } from './auth.ts';
import type { Call } from './call.ts';
import { ApiError, invalid } from './errors.ts';
import { expandAnswer } from './expand.ts';
import { checkKey, fingerprint, recall } from './idempotency.ts';
import type { Route } from './routes.ts';
import { findRoute } from './routes.ts';

/** Judges, runs and remembers one request in one transaction; it never throws for a fault of the caller. */
export function execute(account: Account, request: ApiRequest, cause: Cause): ApiAnswer {
  try {
    checkKey(cause.idempotencyKey);
    const publishable = authenticate(account, request.headers) === 'publishable';
    const found = findRoute(request.method, request.path);
    if (!found) throw unrecognized(request);
    if (publishable && found.route.publishable !== true) throw secretKeyRequired();
    checkVersion(request.headers);
    const form = parseForm(formText(request));
    const method = found.route.method;
    const call: Call = { account, ...cause, method, path: request.path, form, publishable };
    return account.store.transaction(() => runOnce(call, found.route, found.id));
  } catch (error) {
    if (error instanceof ApiError) return answer(cause, error.status, { error: error.body });
    process.emitWarning(error instanceof Error ? error : String(error));
    const message = 'The sandbox failed; this is a defect of the sandbox, not of the request.';
    return answer(cause, 500, { error: { type: 'api_error', message } });
  }
}

/** An answer with the headers every answer has. */
export function answer(cause: Cause, status: number, body: object | string, original?: string): ApiAnswer {
  const key = cause.idempotencyKey;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'request-id': cause.requestId ?? '',
      'stripe-version': API_VERSION,
      ...(key === null ? {} : { 'idempotency-key': key }),
      ...(key === null ? {} : { 'original-request': original ?? cause.requestId ?? '' }),
      ...(original === undefined ? {} : { 'idempotent-replayed': 'true' }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body, null, 2),
    replayed: original !== undefined,
  };
}

function runOnce(call: Call, route: Route, id: string): ApiAnswer {
  const { idempotencyKey: key, account } = call;
  if (key === null) return run(call, route, id).answer;
  const print = fingerprint(call.method, call.path, call.form);
  const known = recall(account, key, print);
  if (known) return answer(call, known.status, known.body, known.requestId);
  const { answer: made, executed } = run(call, route, id);
  if (executed) {
    const { status, body } = made;
    const record = { fingerprint: print, requestId: call.requestId ?? '', status, body };
    account.store.put('idempotency', key, { ...record, createdAtMs: account.nowMs() });
  }
  return made;
}

/** A refusal after execution began is an outcome like any other: what it wrote stays, and the key keeps it. */
function run(call: Call, route: Route, id: string): { answer: ApiAnswer; executed: boolean } {
  try {
    const result = route.run(call, id) as { object?: string };
    const visible =
      call.publishable && result.object === 'payment_intent' ? publicView(result as never) : result;
    return { answer: answer(call, 200, expandAnswer(call.account, visible, call.form)), executed: true };
  } catch (error) {
    if (!(error instanceof ApiError) || !error.executed) throw error;
    const shown = call.publishable ? publicError(error) : error;
    return { answer: answer(call, shown.status, { error: shown.body }), executed: true };
  }
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
