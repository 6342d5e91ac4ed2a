import type { Invocation } from '../invocation.ts';
import type { Problem } from '../problem.ts';
import type { HttpResponse } from './http-event.ts';

/** A JSON answer with the request's id. */
export function httpResponse(
  { requestId }: Pick<Invocation, 'requestId'>,
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'x-request-id': requestId, ...headers },
    body: statusCode === 204 ? '' : JSON.stringify(body),
  };
}

/** A refusal as `application/problem+json` (RFC 9457). */
export const httpProblem = (invocation: Pick<Invocation, 'requestId'>, problem: Problem): HttpResponse =>
  httpResponse(invocation, problem.status, problem.body, {
    'content-type': 'application/problem+json',
    ...problem.headers,
  });
