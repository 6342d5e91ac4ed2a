import type { ApiAnswer, ApiRequest } from '../../shared/api/api.ts';
import type { Cause } from '../../shared/account.ts';
import { pkiOf } from '../webhooks/pki.ts';
import type { Account } from '../account.ts';
import { authenticate, issueToken } from './auth.ts';
import type { Call, Made } from './call.ts';
import { ApiError, AuthError, errorBody, invalid, notFound } from './errors.ts';
import { refuseAsTold } from './mock.ts';
import { checkRequestId, fingerprint, recall } from './request-ids.ts';
import type { Route } from './route.ts';
import { findRoute } from './routes.ts';

const CERTIFICATE = /^\/v1\/notifications\/certs\/([\w-]+)$/;

/** Judges, runs and remembers one request in one transaction; it never throws for a fault of the caller. */
export function execute(account: Account, request: ApiRequest, cause: Cause): ApiAnswer {
  try {
    if (request.method === 'POST' && request.path === '/v1/oauth2/token') {
      return answer(cause, 200, issueToken(account, request));
    }
    const certificate = request.method === 'GET' ? CERTIFICATE.exec(request.path)?.[1] : undefined;
    if (certificate !== undefined) return serveCertificate(account, cause, certificate);
    authenticate(account, request.headers);
    const found = findRoute(request.method, request.path);
    if (!found) throw notFound();
    if (!found.route) throw new ApiError(405, []);
    const { id, route } = found;
    refuseAsTold(request.headers);
    checkRequestId(cause.idempotencyKey);
    const call = callOf(account, request, cause);
    return account.store.transaction(() => runOnce(call, cause, route, id));
  } catch (error) {
    return failed(cause, error);
  }
}

/** An answer with the headers every answer has. */
export function answer(cause: Cause, status: number, body?: object | string, replayed = false): ApiAnswer {
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

/** A refusal as an answer. */
export function refusal(cause: Cause, { details, links, status }: ApiError): ApiAnswer {
  return answer(cause, status, errorBody(status, cause.requestId ?? '', details, links));
}

function failed(cause: Cause, error: unknown): ApiAnswer {
  if (error instanceof ApiError) return refusal(cause, error);
  if (error instanceof AuthError) {
    return answer(cause, error.status, { error: error.error, error_description: error.message });
  }
  process.emitWarning(error instanceof Error ? error : String(error));
  const description = 'The sandbox failed; this is a defect of the sandbox, not of the request.';
  return refusal(cause, new ApiError(500, [{ issue: 'INTERNAL_SERVER_ERROR', description }]));
}

/** What a request id made is shown as it is now; nothing is remembered of a refusal, so it can be tried again. */
function runOnce(call: Call, cause: Cause, route: Route, id: string): ApiAnswer {
  const { requestId, account } = call;
  if (requestId === null || !route.replay) return run(call, cause, route, id).answer;
  const print = fingerprint(call.method, call.path, call.body);
  const known = recall(account, requestId, print, route.replay.lifetimeMs);
  if (known) {
    const { body } = route.replay.show(call, known.ref);
    return answer(cause, body ? 200 : 204, body, true);
  }
  const { answer: made, ref } = run(call, cause, route, id);
  if (ref !== undefined) {
    const record = { fingerprint: print, ref, createdAtMs: account.nowMs() };
    account.store.put('requestId', requestId, record);
  }
  return made;
}

/** A refusal after execution began is an outcome like any other: what it wrote stays. */
function run(call: Call, cause: Cause, route: Route, id: string): { answer: ApiAnswer; ref?: string } {
  try {
    const { body, ref, status }: Made = route.run(call, id);
    return { answer: answer(cause, status, body), ...(ref === undefined ? {} : { ref }) };
  } catch (error) {
    if (!(error instanceof ApiError) || !error.executed) throw error;
    return { answer: refusal(cause, error) };
  }
}

function callOf(account: Account, { body, headers, method, path, query }: ApiRequest, cause: Cause): Call {
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

function serveCertificate(account: Account, cause: Cause, id: string): ApiAnswer {
  const { caPem, certId, leafPem } = pkiOf(account);
  if (id !== certId) throw notFound();
  const made = answer(cause, 200, leafPem + caPem);
  return { ...made, headers: { ...made.headers, 'content-type': 'application/x-pem-file' } };
}
