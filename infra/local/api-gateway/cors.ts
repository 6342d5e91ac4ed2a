import type { IncomingMessage } from 'node:http';
import type { HttpResponse } from '../http/response.ts';
import type { CorsResource } from '../resources/api-gateway.ts';

const PORT = /:\d+$/;

/** The configured entry that lets a page of this origin in; undefined for every other page, and for programs. */
function allowedOrigin(cors: CorsResource, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  if (cors.allowOrigins.includes('*')) return '*';
  const asked = cors.anyPort ? origin.replace(PORT, '') : origin;
  return cors.allowOrigins.includes(asked) ? origin : undefined;
}

/** Whether a browser asks beforehand whether it may send a request. */
function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

const listed = (name: string, values: readonly string[]): Record<string, string> =>
  values.length > 0 ? { [name]: values.join(',') } : {};

/**
 * API Gateway's own answer to a preflight, whatever the routes and their authorizers are: 204, with the configuration
 * for a page that is let in and without it for any other. Undefined for every other request.
 */
export function preflightAnswer(
  cors: CorsResource | undefined,
  request: IncomingMessage,
): HttpResponse | undefined {
  if (cors === undefined || !isPreflight(request)) return undefined;
  const origin = allowedOrigin(cors, request.headers.origin);
  const headers = origin !== undefined && {
    'access-control-allow-origin': origin,
    ...listed('access-control-allow-methods', cors.allowMethods),
    ...listed('access-control-allow-headers', cors.allowHeaders),
    'access-control-max-age': String(cors.maxAgeSeconds),
  };
  return { status: 204, headers: { ...headers, ...varies(cors, {}) }, body: '' };
}

/** The answer as API Gateway sends it on: with its own CORS headers, and none of the function's. */
export function withCors(
  cors: CorsResource | undefined,
  request: IncomingMessage,
  answer: HttpResponse,
): HttpResponse {
  if (cors === undefined) return answer;
  const kept = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'));
  const origin = allowedOrigin(cors, request.headers.origin);
  const headers = origin !== undefined && {
    'access-control-allow-origin': origin,
    ...listed('access-control-expose-headers', cors.exposeHeaders),
  };
  return { ...answer, headers: { ...Object.fromEntries(kept), ...headers, ...varies(cors, answer.headers) } };
}

/** Caches must keep the answers to different origins apart, beside what the answer itself depends on. */
const varies = (
  { allowOrigins }: CorsResource,
  { vary = [] }: HttpResponse['headers'],
): Record<string, string> => (allowOrigins.includes('*') ? {} : { vary: [vary, 'Origin'].flat().join(', ') });
