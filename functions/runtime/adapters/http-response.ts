import type { Invocation } from '../invocation.ts';
import type { Problem } from '../problem.ts';
import type { HttpResponse } from './http-event.ts';

/**
 * What every answer tells browsers and caches, unless the operation says otherwise: the answers are data of one caller,
 * and never a page. Source: OWASP, REST Security Cheat Sheet, "Security Headers".
 */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * A JSON answer with the ids of the request and of its trace (`traceresponse`: W3C Trace Context, section "Trace Context
 * Response Headers") and the security headers; an operation's own headers come before those.
 */
export function httpResponse(
  { requestId, traceparent }: Pick<Invocation, 'requestId' | 'traceparent'>,
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    statusCode,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'application/json',
      'x-request-id': requestId,
      ...(traceparent !== undefined && { traceresponse: traceparent }),
      ...lowerCased(headers),
    },
    body: statusCode === 204 ? '' : JSON.stringify(body),
  };
}

/** What the token lacks, by the problem's code (RFC 6750 section 3). */
const CHALLENGES: Readonly<Record<string, string>> = {
  unauthorized: 'Bearer',
  forbidden: 'Bearer error="insufficient_scope"',
};
const challengeOf = (code: string): Record<string, string> => {
  const challenge = Object.hasOwn(CHALLENGES, code) ? CHALLENGES[code] : undefined;
  return challenge === undefined ? {} : { 'www-authenticate': challenge };
};

/** A refusal as `application/problem+json` (RFC 9457). */
export const httpProblem = (
  invocation: Pick<Invocation, 'requestId' | 'traceparent'>,
  problem: Problem,
): HttpResponse =>
  httpResponse(invocation, problem.status, problem.body, {
    'content-type': 'application/problem+json',
    ...challengeOf(problem.code),
    ...problem.headers,
  });
