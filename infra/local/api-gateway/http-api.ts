import type { IncomingMessage } from 'node:http';
import { ConcurrencyExceededError } from '../errors.ts';
import { BodyTooLargeError, readBody } from '../http/body.ts';
import { isForeignOrigin } from '../http/origin.ts';
import { apiErrors, type HttpResponse, json } from '../http/response.ts';
import type { HttpHandler } from '../http/server.ts';
import type { FunctionUrlResource } from '../resources/lambda.ts';
import type { AssemblyRef, Functions, InvocationTrigger } from '../types.ts';
import type { Authorizer } from './authorizer.ts';
import { preflightAnswer, withCors } from './cors.ts';
import { combinedHeaders, type EventTarget, lambdaEventOf, type HttpRequest } from './event.ts';
import { httpResponseOf } from './lambda-response.ts';
import { matchRoute, type RouteMatch } from './routes.ts';
import type { RouteThrottles } from './throttles.ts';

/** Bounds of API Gateway and Lambda. */
const API_BODY_MAX_BYTES = 10 * 1024 * 1024;
const EVENT_MAX_BYTES = 6 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 30_000;

/** A call that was answered. */
export interface AnsweredCall {
  readonly via: 'api' | 'function-url';
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** What the route or URL leads to; undefined where no route fits. */
  readonly functionArn: string | undefined;
  /** Whether a page has asked again by itself, to show what is new. */
  readonly isRefresh: boolean;
}

/** What pages say with such a call. */
const REFRESH_HEADER = 'x-console-refresh';

/** What the HTTP API works with. */
interface HttpApiOptions {
  readonly assembly: AssemblyRef;
  readonly functions: Functions;
  readonly authorize: Authorizer;
  readonly throttles: Pick<RouteThrottles, 'take'>;
  /** Called with each answer but those to a browser's preflight requests. */
  readonly onAnswer?: (call: AnsweredCall) => void;
  readonly integrationTimeoutMs?: number;
}

/** Serves the assembly's function URLs at their paths, and its HTTP API for everything else. */
export function createHttpApi(options: HttpApiOptions): HttpHandler {
  return async (request, path, query) => {
    const startedAt = performance.now();
    const answered = (via: AnsweredCall['via'], { status }: HttpResponse, functionArn?: string): void => {
      const durationMs = performance.now() - startedAt;
      const { method = 'GET', headers } = request;
      const isRefresh = headers[REFRESH_HEADER] !== undefined;
      options.onAnswer?.({ via, method, path, status, durationMs, functionArn, isRefresh });
    };
    const url = options.assembly.current.functionUrls.find((candidate) => candidate.path === path);
    if (url) {
      const answer = await serveFunctionUrl(url, options, request, path, query);
      answered('function-url', answer, url.functionArn);
      return answer;
    }
    const { cors } = options.assembly.current;
    const preflight = preflightAnswer(cors, request);
    if (preflight) return preflight;
    const match = matchRoute(
      options.assembly.current.routes,
      request.method ?? 'GET',
      decodeURIComponent(path),
    );
    const answer = await serveRoute(match, options, request, path, query).catch((error: unknown) => {
      if (error instanceof BodyTooLargeError) return apiErrors.tooLarge;
      throw error;
    });
    answered('api', answer, match?.route.functionArn);
    return withCors(cors, request, answer);
  };
}

async function serveFunctionUrl(
  url: FunctionUrlResource,
  { assembly, functions }: HttpApiOptions,
  request: IncomingMessage,
  path: string,
  query: string,
): Promise<HttpResponse> {
  const target = {
    routeKey: '$default',
    path,
    domainName: `${url.plugin}-${url.webhook}.lambda-url.${assembly.current.region}.on.aws`,
    accountId: assembly.current.accountId,
  };
  const payload = await eventBytes(request, EVENT_MAX_BYTES, path, query, target);
  if (payload === undefined) return apiErrors.tooLarge;
  const answer = await invokeForHttp(functions, url.functionArn, payload, 'function-url');
  if (answer === 'throttled') return apiErrors.tooManyRequests;
  return answer === 'failed' ? json(502, 'Internal Server Error') : answer;
}

async function serveRoute(
  match: RouteMatch | undefined,
  options: HttpApiOptions,
  request: IncomingMessage,
  path: string,
  query: string,
): Promise<HttpResponse> {
  const { region, accountId } = options.assembly.current;
  if (match === undefined) return apiErrors.notFound;
  const { route, parameters } = match;
  if (!options.throttles.take(route.key)) return apiErrors.throttled;
  const authorization =
    route.auth === 'jwt'
      ? await options.authorize(route, combinedHeaders(request)['authorization'], isForeignOrigin(request))
      : undefined;
  if (authorization?.refusal) return authorization.refusal;
  const target = {
    routeKey: route.key,
    path: decodeURIComponent(path),
    pathParameters: parameters,
    domainName: `local.execute-api.${region}.amazonaws.com`,
    accountId,
    authorizer: authorization?.authorizer,
    authorization: authorization?.developerToken,
  };
  const payload = await eventBytes(request, API_BODY_MAX_BYTES, path, query, target);
  if (payload === undefined) return apiErrors.tooLarge;

  const timeoutMs = options.integrationTimeoutMs ?? INTEGRATION_TIMEOUT_MS;
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), timeoutMs);
  const answer = await Promise.race([
    invokeForHttp(options.functions, route.functionArn, payload, 'http'),
    late,
  ]);
  clearTimeout(timer);
  if (answer === 'late' || answer === 'throttled') return apiErrors.unavailable;
  return answer === 'failed' ? apiErrors.internal : answer;
}

/** @returns undefined when the event is more than a function can take */
async function eventBytes(
  request: IncomingMessage,
  maxBytes: number,
  rawPath: string,
  rawQuery: string,
  target: EventTarget,
): Promise<Buffer | undefined> {
  const read: HttpRequest = {
    method: request.method ?? 'GET',
    rawPath,
    rawQuery,
    protocol: `HTTP/${request.httpVersion}`,
    headers: combinedHeaders(request),
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    body: await readBody(request, maxBytes),
  };
  const payload = Buffer.from(JSON.stringify(lambdaEventOf(read, target)));
  return payload.length > EVENT_MAX_BYTES ? undefined : payload;
}

const DEFAULT_TYPES = { http: 'text/plain; charset=utf-8', 'function-url': 'application/json' };

async function invokeForHttp(
  functions: Functions,
  functionArn: string,
  payload: Buffer,
  trigger: InvocationTrigger & keyof typeof DEFAULT_TYPES,
): Promise<HttpResponse | 'failed' | 'throttled'> {
  const result = await functions.invoke(functionArn, payload, trigger).catch((error: unknown) => {
    if (error instanceof ConcurrencyExceededError) return 'throttled' as const;
    throw error;
  });
  if (result === 'throttled') return result;
  if (result.functionError !== undefined) return 'failed';
  const response = httpResponseOf(result.payload, DEFAULT_TYPES[trigger]);
  if (response === undefined) return 'failed';
  return { ...response, headers: { ...response.headers, 'apigw-requestid': result.requestId } };
}
