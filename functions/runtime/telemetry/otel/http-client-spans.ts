import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Attributes, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';

/** What Node's HTTP client and `fetch` (undici) tell of a request. */
interface StartedRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly header: (name: string) => string | undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'DynamoDB',
  AWSEvents: 'EventBridge',
  secretsmanager: 'SecretsManager',
};

/** The operation of an AWS call, which is told by `X-Amz-Target`, or by the path where a service has paths. */
function awsOperation({ header, path }: StartedRequest): readonly [string, string] | undefined {
  if (header('amz-sdk-invocation-id') === undefined) return undefined;
  const [prefix = '', operation] = header('x-amz-target')?.split('.') ?? [];
  if (operation !== undefined) return [NAMES[prefix] ?? prefix, operation];
  return path.endsWith('/invocations') ? ['Lambda', 'Invoke'] : ['AWS', path.split('/')[2] ?? 'call'];
}

/** Name and attributes of the span of a call; a query may hold secrets, and is left out. */
function described(request: StartedRequest): { readonly name: string; readonly attributes: Attributes } {
  const { method, host, path } = request;
  const attributes = {
    'http.request.method': method,
    'server.address': host,
    'url.path': path.split('?')[0] ?? '',
  };
  const operation = awsOperation(request);
  if (!operation) return { name: `${method} ${host}`, attributes };
  const [service, rpc] = operation;
  return {
    name: `${service}.${rpc}`,
    attributes: { ...attributes, 'rpc.system': 'aws-api', 'rpc.service': service, 'rpc.method': rpc },
  };
}

function openSpan(tracer: Tracer, request: StartedRequest): Span | undefined {
  // Calls outside of an invocation's trace, and those that send spans, have none.
  if (trace.getActiveSpan()?.isRecording() !== true) return undefined;
  const { name, attributes } = described(request);
  return tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
}

function setStatus(span: Span | undefined, status: number): void {
  span?.setAttribute('http.response.status_code', status);
  if (status >= 400)
    span?.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR });
}

function setError(span: Span | undefined, error: unknown): void {
  const { code, name } = error as { readonly code?: string; readonly name?: string };
  span?.setAttribute('error.type', code ?? name ?? 'Error').setStatus({ code: SpanStatusCode.ERROR });
}

/** Calls by `node:http` and `node:https`, which AWS clients and the SDKs of the providers use. */
function traceNodeHttp(tracer: Tracer): void {
  const spans = new WeakMap<ClientRequest, Span>();
  subscribe('http.client.request.created', (message) => {
    const { request } = message as { readonly request: ClientRequest };
    const span = openSpan(tracer, {
      method: request.method,
      host: String(request.getHeader('host') ?? request.host),
      path: request.path,
      header: (name) => request.getHeader(name)?.toString(),
    });
    if (!span) return;
    spans.set(request, span);
    request.once('close', () => span.end());
  });
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    setStatus(spans.get(request), response.statusCode ?? 0);
  });
  subscribe('http.client.request.error', (message) => {
    const { request, error } = message as { readonly request: ClientRequest; readonly error: unknown };
    setError(spans.get(request), error);
  });
}

interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
}

/** Calls by `fetch`. */
function traceFetch(tracer: Tracer): void {
  const spans = new WeakMap<UndiciRequest, Span>();
  subscribe('undici:request:create', (message) => {
    const { request } = message as { readonly request: UndiciRequest };
    const { host } = new URL(request.origin);
    const { method, path } = request;
    const span = openSpan(tracer, { method, host, path, header: () => undefined });
    if (span) spans.set(request, span);
  });
  subscribe('undici:request:headers', (message) => {
    const { request, response } = message as { request: UndiciRequest; response: { statusCode: number } };
    setStatus(spans.get(request), response.statusCode);
  });
  subscribe('undici:request:trailers', (message) => {
    spans.get((message as { readonly request: UndiciRequest }).request)?.end();
  });
  subscribe('undici:request:error', (message) => {
    const { request, error } = message as { readonly request: UndiciRequest; readonly error: unknown };
    setError(spans.get(request), error);
    spans.get(request)?.end();
  });
}

/** Makes a span of every HTTP call within a trace, by what Node publishes of them: no client knows of it. */
export function traceHttpCalls(tracer: Tracer): void {
  traceNodeHttp(tracer);
  traceFetch(tracer);
}
