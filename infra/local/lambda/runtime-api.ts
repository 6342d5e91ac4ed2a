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
}

/** The running Runtime API. */
export interface RuntimeApi {
  /** @returns the value of AWS_LAMBDA_RUNTIME_API for one environment, and what ends the registration */
  register(environmentId: string, listener: RuntimeListener): { address: string; release(): void };
  close(): void;
}

const PATH =
  /^\/([\w-]+)\/2018-06-01\/runtime\/(?:invocation\/(next|[\w-]+)(?:\/(response|error))?|init\/(error))$/;

/**
 * The Lambda Runtime API (version 2018-06-01) for every execution environment of this machine: one loopback server,
 * with an unguessable path prefix for each environment.
 */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const listeners = new Map<string, RuntimeListener>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
