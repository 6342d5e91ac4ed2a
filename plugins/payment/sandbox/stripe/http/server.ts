import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { ApiServer } from '../api/serve.ts';
import { ControlError } from '../controls/controls.ts';
import { runControl, threeDSecureId } from '../controls/routes.ts';
import { finishThreeDSecure, returnTarget, threeDSecurePage } from '../three-d-secure.ts';
import type { World } from '../world.ts';
import { isLocal } from './loopback.ts';
import { readBody } from './read-body.ts';

const BODY_MAX_BYTES = 1_000_000;

interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: string;
}

/** The HTTP server: `/v1` for the API, `/__sandbox` for the tester and the payer. */
export function createHttpServer(world: World, api: ApiServer): Server {
  return createServer((request, response) => {
    handle(world, api, request, response).catch(() => {
      // The caller went away while it was sending; there is nobody left to answer.
      response.destroy();
    });
  });
}

async function handle(world: World, api: ApiServer, request: IncomingMessage, response: ServerResponse) {
  const body = await readBody(request, BODY_MAX_BYTES);
  if (!isLocal(request)) return refuse(response, 403, 'The sandbox answers only on this machine.');
  if (body === undefined) return refuse(response, 413, `Bodies may have ${BODY_MAX_BYTES} bytes.`);
  const base = 'http://sandbox.invalid';
  if (!URL.canParse(request.url ?? '', base))
    return refuse(response, 400, 'The request target is not valid.');
  const incoming = { request, response, url: new URL(request.url ?? '', base), body };
  if (incoming.url.pathname.startsWith('/__sandbox/')) return serveControl(world, incoming);
  return serveApi(api, incoming);
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
  response.writeHead(made.status, { ...made.headers });
  response.end(made.body);
}

function serveControl(world: World, incoming: Incoming): void {
  const { request, response, url } = incoming;
  if (threeDSecureId(url.pathname) !== undefined && !isJsonCall(incoming)) return servePayer(world, incoming);
  try {
    const body = incoming.body === '' ? {} : parseJson(incoming.body);
    const input = { world, query: url.searchParams, body };
    const result = runControl(request.method ?? '', url.pathname, input);
    world.wake();
    send(response, 200, result);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    refuse(response, error.status, error.message);
  }
}

/** A tester posts JSON; a browser asks for the page or sends its form. */
function isJsonCall({ body, request }: Incoming): boolean {
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return request.method === 'POST' && (!isForm || body.trimStart().startsWith('{'));
}

function servePayer(world: World, { body, request, response, url }: Incoming): void {
  const intent = world.store.get('intent', threeDSecureId(url.pathname) ?? '');
  if (!intent) return refuse(response, 404, 'There is no such payment intent.');
  let shown = intent;
  if (request.method === 'POST') {
    const result = new URLSearchParams(body).get('result');
    if (result !== 'succeeded' && result !== 'failed') {
      return refuse(response, 400, 'result must be succeeded or failed');
    }
    shown = finishThreeDSecure(world, intent.id, result) ?? intent;
    world.wake();
    const target = shown === intent ? undefined : returnTarget(intent, result);
    if (target !== undefined) {
      response.writeHead(303, { location: target }).end();
      return;
    }
  }
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
  };
  response.writeHead(200, headers).end(threeDSecurePage(shown));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ControlError('the body is not valid JSON');
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, { error: { type: 'invalid_request_error', message } });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body, null, 2));
}
