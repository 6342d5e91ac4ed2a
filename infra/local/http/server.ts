import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../errors.ts';
import { BodyTooLargeError } from './body.ts';
import { isLocalHost } from './origin.ts';
import { apiErrors, type HttpResponse, secured } from './response.ts';

/** Answers one request; the path is without the query. */
export type HttpHandler = (request: IncomingMessage, path: string, query: string) => Promise<HttpResponse>;

/** A running server. */
export interface HttpServer {
  readonly port: number;
  /** Lets the requests in flight end, for a moment. */
  close(): Promise<void>;
}

const GRACE_MS = 2_000;
/** "Total combined size of request line and header values." Source: API Gateway developer guide, quotas of HTTP APIs. */
const HEADERS_MAX_BYTES = 10_240;

/** Status lines for requests that Node.js cannot read, by its error codes; 400 for every other. */
const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Listens on loopback. @param port 0 takes a free one @throws StartupError when the port is taken */
export async function startHttpServer(port: number, handle: HttpHandler): Promise<HttpServer> {
  const streams = new Set<Readable>();
  const server = createServer({ maxHeaderSize: HEADERS_MAX_BYTES }, (request, response) => {
    respond(handle, request, response, streams).catch(() => response.destroy());
  });
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return socket.destroy();
    const status = UNREADABLE[code] ?? '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  const address = await listen(server, port);
  return {
    port: address.port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      streams.forEach((stream) => stream.destroy());
      server.closeIdleConnections();
      await Promise.race([closed, sleep(GRACE_MS, undefined, { ref: false })]);
      server.closeAllConnections();
    },
  };
}

/** Finds out before anything slow begins. @throws StartupError when the port is taken */
export async function requireFreePort(port: number): Promise<void> {
  const probe = createServer();
  await listen(probe, port);
  await new Promise((resolve) => probe.close(resolve));
}

async function listen(server: Server, port: number): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, '127.0.0.1', resolve);
  try {
    await promise;
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const reason = taken
      ? 'is in use: stop what listens there'
      : `cannot be used (${(cause as Error).message})`;
    throw new StartupError(
      'port-in-use',
      `port ${port} ${reason}, or choose another with: npm start -- --port <number>`,
      {
        cause,
      },
    );
  }
  server.on('error', () => {});
  return server.address() as AddressInfo;
}

async function respond(
  handle: HttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
  streams: Set<Readable>,
): Promise<void> {
  const { status, headers, body } = secured(await answer(handle, request));
  if (response.destroyed) {
    if (body instanceof Readable) body.destroy();
    return;
  }
  // The rest of a request that was answered early would be read as the next request of the connection.
  if (!request.complete) response.setHeader('connection', 'close');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body instanceof Readable) {
    streams.add(body);
    response.writeHead(status);
    pipeline(body, response, () => streams.delete(body));
    return;
  }
  if (request.method !== 'HEAD' && status !== 204 && status !== 304) {
    response.setHeader('content-length', Buffer.byteLength(body));
  }
  response.writeHead(status).end(request.method === 'HEAD' ? undefined : body);
  if (!request.complete) request.resume();
}

async function answer(handle: HttpHandler, request: IncomingMessage): Promise<HttpResponse> {
  if (!isLocalHost(request)) return apiErrors.forbidden;
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  if (!path.startsWith('/')) return apiErrors.badRequest;
  try {
    return await handle(request, path, query.join('?'));
  } catch (error) {
    if (error instanceof BodyTooLargeError) return apiErrors.tooLarge;
    if (error instanceof URIError) return apiErrors.badRequest;
    return apiErrors.internal;
  }
}
