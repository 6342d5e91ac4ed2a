import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Duplex, pipeline, Readable } from 'node:stream';
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

/**
 * How long a client may take for its headers, and for the whole request. It is less than the minutes that Node.js gives,
 * so that slow clients do not fill up the connections.
 */
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
/** How often Node.js looks for slow requests. */
const SLOW_CHECK_MS = 1_000;

/** Status lines for requests that Node.js cannot read, by its error codes; 400 for every other. */
const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
const BAD_REQUEST = '400 Bad Request';

/** A client that is refused may still be sending: a connection that is closed at once would be reset before it reads. */
const LINGER_MS = 500;

function refuse(socket: Duplex, status: string): void {
  // Node.js hands a tunnel's socket over without a listener, and a client that breaks off would end the process.
  socket.on('error', () => socket.destroy());
  if (!socket.writable) return void socket.destroy();
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Listens on loopback. @param port 0 takes a free one @throws StartupError when the port is taken */
export async function startHttpServer(port: number, handle: HttpHandler): Promise<HttpServer> {
  const streams = new Set<Readable>();
  const limits = {
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    connectionsCheckingInterval: SLOW_CHECK_MS,
  };
  const server = createServer(limits, (request, response) => {
    respond(handle, request, response, streams).catch(() => response.destroy());
  });
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) => {
    refuse(socket, UNREADABLE[code] ?? BAD_REQUEST);
  });
  server.on('connect', (_request, socket) => refuse(socket, BAD_REQUEST));
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
  if (request.httpVersionMajor !== 1) return apiErrors.versionNotSupported;
  // "any request message that contains more than one Host header field line": RFC 9112, 3.2.
  if ((request.headersDistinct['host']?.length ?? 0) > 1) return apiErrors.badRequest;
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
