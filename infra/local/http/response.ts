import type { Readable } from 'node:stream';

/** An answer ready to be sent. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** A stream is sent as it comes, and destroyed when the client leaves or the server ends. */
  readonly body: Buffer | string | Readable;
}

/**
 * Headers of every answer of this machine. An answer that has one of these keeps its own, and a page, which needs
 * scripts and styles, says itself what it may load.
 */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const NO_PAGE = { 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" };

/** The answer with the security headers. */
export function secured(answer: HttpResponse): HttpResponse {
  const isPage = String(answer.headers['content-type'] ?? '').startsWith('text/html');
  return { ...answer, headers: { ...SECURITY_HEADERS, ...(!isPage && NO_PAGE), ...answer.headers } };
}

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** The fixed answers of an HTTP API. */
export const apiErrors = {
  badRequest: json(400, { message: 'Bad Request' }),
  forbidden: json(403, { message: 'Forbidden' }),
  notFound: json(404, { message: 'Not Found' }),
  tooLarge: json(413, { message: 'Request Entity Too Large' }),
  /** Of the API; that of a function URL is another one. */
  throttled: json(429, { message: 'Too Many Requests' }),
  tooManyRequests: json(429, { Message: 'Rate Exceeded.' }),
  internal: json(500, { message: 'Internal Server Error' }),
  unavailable: json(503, { message: 'Service Unavailable' }),
  versionNotSupported: json(505, { message: 'HTTP Version Not Supported' }),
};
