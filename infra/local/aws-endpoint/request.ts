import type { IncomingMessage } from 'node:http';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import { ServiceError } from '../services/reply.ts';
import type { ServiceName } from '../services/types.ts';

/** The operation that an HTTP request asks for. */
interface ParsedRequest {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: JsonObject;
}

const targets: Readonly<Record<string, ServiceName>> = {
  DynamoDB_20120810: 'dynamodb',
  secretsmanager: 'secretsmanager',
  AWSEvents: 'events',
  AmazonSQS: 'sqs',
};

/** Access key id in the credential scope of a SigV4 header. Signatures are not verified: the id is a secret. */
export function accessKeyOf(authorization: string | undefined): string | undefined {
  return /\bCredential=([^/,\s]+)\//.exec(authorization ?? '')?.[1];
}

/** What an HTTP request asks of AWS. @throws ServiceError when it asks for nothing that is served */
export function parseRequest(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  raw: Buffer,
): ParsedRequest {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', operation = ''] = target.split('.');
    const service = targets[prefix];
    if (service && operation !== '') return { service, operation, input: parseInput(raw) };
  } else {
    const call = parseSpans(request, raw) ?? parseStages(request, raw) ?? parseLambda(request, raw);
    if (call) return call;
  }
  const what = typeof target === 'string' ? target : `${request.method} ${request.url}`;
  throw new ServiceError('UnknownOperationException', `${what} is not served by the local runner`, 404);
}

/** X-Ray's OTLP endpoint. */
function parseSpans(
  { method, url }: Pick<IncomingMessage, 'method' | 'url'>,
  raw: Buffer,
): ParsedRequest | undefined {
  if (method !== 'POST' || url !== '/v1/traces') return undefined;
  return { service: 'xray', operation: 'PutSpans', input: parseInput(raw) };
}

/** Changes of an HTTP API's stage. */
function parseStages(
  { method, url }: Pick<IncomingMessage, 'method' | 'url'>,
  raw: Buffer,
): ParsedRequest | undefined {
  const [path = ''] = (url ?? '').split('?');
  const match = /^\/v2\/apis\/([^/]+)\/stages\/([^/]+)(?:\/routesettings\/([^/]+))?$/.exec(path);
  if (!match) return undefined;
  const [ApiId, StageName, RouteKey] = match.slice(1).map((part) => part && decodeURIComponent(part));
  const stage = { ApiId, StageName };
  if (RouteKey === undefined && method === 'PATCH') {
    return { service: 'apigateway', operation: 'UpdateStage', input: { ...parseInput(raw), ...stage } };
  }
  if (RouteKey === undefined || method !== 'DELETE') return undefined;
  return { service: 'apigateway', operation: 'DeleteRouteSettings', input: { ...stage, RouteKey } };
}

function parseLambda(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  raw: Buffer,
): ParsedRequest | undefined {
  const url = new URL(request.url ?? '/', 'http://aws-endpoint');
  const [version, collection, id, rest, ...more] = url.pathname.split('/').slice(1).map(decodeURIComponent);
  if (version !== '2015-03-31' || more.length > 0) return undefined;
  const query = Object.fromEntries(url.searchParams);
  const call = (operation: string, input: JsonObject): ParsedRequest => ({
    service: 'lambda',
    operation,
    input,
  });
  if (collection === 'functions' && id && rest === 'invocations' && request.method === 'POST') {
    const type = request.headers['x-amz-invocation-type'];
    return call('Invoke', {
      ...query,
      FunctionName: id,
      ...(type !== undefined && { InvocationType: type }),
    });
  }
  if (collection !== 'event-source-mappings' || rest) return undefined;
  if (!id) return request.method === 'GET' ? call('ListEventSourceMappings', query) : undefined;
  if (request.method === 'GET') return call('GetEventSourceMapping', { UUID: id });
  if (request.method === 'PUT') return call('UpdateEventSourceMapping', { ...parseInput(raw), UUID: id });
  return undefined;
}

function parseInput(raw: Buffer): JsonObject {
  const value = raw.length === 0 ? {} : parseJson(raw.toString());
  if (isObject(value)) return value;
  throw new ServiceError('SerializationException', 'The request body is not a JSON object');
}
