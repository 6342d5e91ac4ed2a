import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request that has been read whole. */
export interface HttpRequest {
  readonly method: string;
  /** As it came, without the query. */
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly protocol: string;
  /** By their names in lower case, see {@link combinedHeaders}. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly sourceIp: string;
  readonly body: Buffer;
}

/** What differs between HTTP APIs and function URLs. */
export interface EventTarget {
  readonly routeKey: string;
  /** Decoded from HTTP APIs, as it came from function URLs. */
  readonly path: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly domainName: string;
  readonly accountId: string;
  readonly authorizer?: unknown;
  /** Stands in for the `Authorization` header that the client did not send. */
  readonly authorization?: string | undefined;
}

const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\s*(;|$))/i;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The event of payload format 2.0, which HTTP APIs and function URLs share. */
export function lambdaEventOf(request: HttpRequest, target: EventTarget, requestId: string = randomUUID()) {
  const { cookie, ...headers } = request.headers;
  const { authorization = headers.authorization } = target;
  const now = new Date();
  return {
    version: '2.0',
    routeKey: target.routeKey,
    rawPath: target.path,
    rawQueryString: request.rawQuery,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/).filter(Boolean) }),
    headers: { ...headers, ...(authorization !== undefined && { authorization }) },
    ...(request.rawQuery !== '' && { queryStringParameters: queryOf(request.rawQuery) }),
    requestContext: {
      accountId: target.accountId,
      apiId: target.domainName.split('.')[0],
      ...(target.authorizer !== undefined && { authorizer: target.authorizer }),
      domainName: target.domainName,
      domainPrefix: target.domainName.split('.')[0],
      http: {
        method: request.method,
        path: target.path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: target.routeKey,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(target.pathParameters ?? {}).length > 0 && { pathParameters: target.pathParameters }),
    ...bodyOf(request),
  };
}

/** Both services encode everything but text types as base64, forms included. */
function bodyOf({ body, headers }: HttpRequest): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = TEXT_TYPES.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

/**
 * "Duplicate headers are combined with commas." Node.js would drop all but the first of some, such as `Authorization`.
 * Source: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs".
 */
export function combinedHeaders({ headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>) {
  const entries = Object.entries(headersDistinct).map(
    ([name, values = []]) => [name, values.join(name === 'cookie' ? '; ' : ',')] as const,
  );
  return Object.fromEntries(entries) as Readonly<Record<string, string | undefined>>;
}

function queryOf(rawQuery: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    parameters[name] = parameters[name] === undefined ? value : `${parameters[name]},${value}`;
  }
  return { ...parameters };
}

/** `12/Mar/2020:19:03:58 +0000`. */
function logTime(date: Date): string {
  const [day, month, year] = [date.getUTCDate(), MONTHS[date.getUTCMonth()], date.getUTCFullYear()];
  return `${String(day).padStart(2, '0')}/${month}/${year}:${date.toISOString().slice(11, 19)} +0000`;
}
