import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An event on its way to an environment. */
export interface NextEvent {
  readonly requestId: string;
  readonly functionArn: string;
  /** Unix time in milliseconds. */
  readonly deadlineMs: number;
  readonly traceId: string;
  readonly payload: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** The requests of one environment. */
interface RuntimeListener {
  /** The environment asks for an event; it may wait for as long as it takes. */
  next(): Promise<NextEvent>;
  answered(requestId: string, payload: Buffer): void;
  failed(requestId: string, payload: Buffer): void;
  initFailed(payload: Buffer): void;
  /** An extension registers. @returns its identifier; undefined once the environment is initialized */
  registerExtension(): string | undefined;
}

/** The running Runtime API. */
export interface RuntimeApi {
  /** @returns the value of AWS_LAMBDA_RUNTIME_API for one environment, and what ends the registration */
  register(environmentId: string, listener: RuntimeListener): { address: string; release(): void };
  close(): void;
}

const PATH =
  /^\/([\w-]+)\/2018-06-01\/runtime\/(?:invocation\/(next|[\w-]+)(?:\/(response|error))?|init\/(error))$/;

const EXTENSION_PATH = /^\/([\w-]+)\/2020-01-01\/extension\/(register|event\/next)$/;

/**
 * The Lambda Runtime API (version 2018-06-01) and what internal extensions use of the Extensions API (2020-01-01), for every execution environment of this machine: one loopback server,
 * with an unguessable path prefix for each environment.
 */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const listeners = new Map<string, RuntimeListener>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, extended, action] = EXTENSION_PATH.exec(request.url ?? '') ?? [];
    if (action !== undefined) return serveExtension(request, response, action, listeners.get(extended ?? ''));
    const [, id = '', invocation, outcome, init] = PATH.exec(request.url ?? '') ?? [];
    const listener = listeners.get(id);
    if (!listener) return reply(response, 403, '{"errorMessage":"no such environment"}');
    if (invocation === 'next' && request.method === 'GET') return sendEvent(response, await listener.next());
    if (request.method !== 'POST') return reply(response, 405, '{"errorMessage":"method not allowed"}');
    const payload = await buffer(request);
    if (init) listener.initFailed(payload);
    else if (outcome === 'response') listener.answered(invocation ?? '', payload);
    else listener.failed(invocation ?? '', payload);
    return reply(response, 202, '{"status":"OK"}');
  }

  const server = createServer((request, response) => {
    // An environment that is killed during a request resets its connection: there is nothing to answer.
    serve(request, response).catch(() => response.destroy());
  });
  // Environments wait for their next event without limit.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    register(environmentId, listener) {
      listeners.set(environmentId, listener);
      return {
        address: `127.0.0.1:${port}/${environmentId}`,
        release: () => void listeners.delete(environmentId),
      };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function serveExtension(
  request: IncomingMessage,
  response: ServerResponse,
  action: string,
  listener: RuntimeListener | undefined,
): Promise<void> {
  // An internal extension gets no events, so this never answers: the environment ends first.
  if (action !== 'register' && listener) return;
  const [name, body] = [request.headers['lambda-extension-name'], await buffer(request)];
  const { events = [] } = JSON.parse(body.toString() || '{}') as { readonly events?: readonly string[] };
  const refuse = (status: number, errorType: string) =>
    reply(response, status, JSON.stringify({ errorType, errorMessage: errorType }));
  if (!listener || typeof name !== 'string') return refuse(403, 'Extension.InvalidExtensionName');
  // What runs within the runtime's process cannot outlive it.
  if (events.includes('SHUTDOWN')) return refuse(403, 'ShutdownEventNotSupportedForInternalExtension');
  const id = listener.registerExtension();
  if (id === undefined) return refuse(403, 'Extension.RegistrationClosed');
  response.setHeader('lambda-extension-identifier', id);
  return reply(response, 200, '{}');
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

function sendEvent(response: ServerResponse, event: NextEvent): void {
  response
    .writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': event.requestId,
      'lambda-runtime-deadline-ms': String(event.deadlineMs),
      'lambda-runtime-invoked-function-arn': event.functionArn,
      'lambda-runtime-trace-id': event.traceId,
      ...event.headers,
    })
    .end(event.payload);
}
