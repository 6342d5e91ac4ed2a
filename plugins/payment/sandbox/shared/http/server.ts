import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ApiServer } from '../api/serve.ts';
import { type Control, ControlError, runControl } from '../controls/control.ts';
import { type Page, type PageAnswer, refusalPage } from './page.ts';

const BODY_MAX_BYTES = 1_000_000;

/** What the server serves. */
interface Served {
  readonly api: ApiServer;
  readonly controls: readonly Control[];
  /** Pages come before controls at the same address, but only for browsers. */
  readonly pages: readonly Page[];
  /** Called after a page or a control acted. */
  readonly wake: () => void;
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: string;
}

/** The HTTP server: `/__sandbox` for the tester, pages for the payer, and the provider's API for everything else. */
export function createHttpServer(served: Served): Server {
  return createServer((request, response) => {
    handle(served, request, response).catch(() => {
      // The caller closed the connection while it was sending.
      response.destroy();
    });
  });
}

async function handle(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const refuse = (status: number, message: string) => send(response, refusalPage(status, message));
  if (!isLocal(request)) return refuse(403, 'The sandbox answers only on this machine.');
  if (body === undefined) return refuse(413, `Bodies may have ${BODY_MAX_BYTES} bytes.`);
  const base = 'http://sandbox.invalid';
  if (!URL.canParse(request.url ?? '', base)) return refuse(400, 'The request target is not valid.');
  const incoming = { request, response, url: new URL(request.url ?? '', base), body };
  const pages = isJsonCall(incoming) ? [] : served.pages;
  const asked = { method: request.method ?? '', url: incoming.url, body };
  let page: PageAnswer | undefined;
  for (const answer of pages) page ??= answer(asked);
  if (page) {
    served.wake();
    return send(response, page);
  }
  if (incoming.url.pathname.startsWith('/__sandbox/')) return serveControl(served, incoming);
  return serveApi(served.api, incoming);
}

/** A tester posts JSON; a browser asks for the page or sends its form. */
function isJsonCall({ body, request }: Incoming): boolean {
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return request.method === 'POST' && (!isForm || body.trimStart().startsWith('{'));
}

/** The whole body as text; undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_MAX_BYTES) chunks.push(chunk);
  }
  return bytes > BODY_MAX_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

async function serveApi(api: ApiServer, { body, request, response, url }: Incoming): Promise<void> {
  const made = await api.serve({
    method: request.method ?? '',
    path: url.pathname,
    query: url.search.slice(1),
    headers: request.headers,
    body,
  });
  if (made === 'cut') {
    request.socket.resetAndDestroy();
    return;
  }
  send(response, made);
}

function serveControl({ controls, wake }: Served, { body, request, response, url }: Incoming): void {
  try {
    const input = { query: url.searchParams, body: body === '' ? {} : parseJson(body) };
    const result = runControl(controls, request.method ?? '', url.pathname, input);
    wake();
    const headers = { 'content-type': 'application/json' };
    send(response, { status: 200, headers, body: JSON.stringify(result, null, 2) });
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    send(response, refusalPage(error.status, error.message));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ControlError('the body is not valid JSON');
  }
}

function send(response: ServerResponse, { body, headers, status }: PageAnswer): void {
  response.writeHead(status, { ...headers });
  response.end(body);
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Whether a request is meant for this machine. A foreign `Host` is DNS rebinding and a foreign `Origin` is
 * another site's page reaching for the sandbox.
 */
function isLocal(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  if (!LOOPBACK.test(host ?? '')) return false;
  return origin === undefined || (URL.canParse(origin) && LOOPBACK.test(new URL(origin).host));
}
