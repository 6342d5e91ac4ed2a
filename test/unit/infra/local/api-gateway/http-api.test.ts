import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpApi } from '#infra/local/api-gateway/http-api.ts';
import { createRouteThrottles } from '#infra/local/api-gateway/throttles.ts';
import { type HttpServer, startHttpServer } from '#infra/local/http/server.ts';
import { ConcurrencyExceededError } from '#infra/local/errors.ts';
import { UnknownFunctionError } from '#infra/local/lambda/functions.ts';
import {
  ACCOUNT_THROTTLE,
  type CorsResource,
  type RouteResource,
} from '#infra/local/resources/api-gateway.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { InvokeResult } from '#infra/local/types.ts';
import { assemblyOf } from '../lambda/fixture.ts';

const route = (key: string): RouteResource => ({
  key,
  functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${key}`,
  auth: 'none',
  scopes: [],
  issuer: undefined,
  audience: [],
});

const assembly = assemblyOf([], {
  routes: ['POST /things', 'GET /things/{id}', 'GET /things/special', 'ANY /files/{proxy+}'].map(route),
  functionUrls: [
    {
      functionArn: 'hook',
      plugin: 'payment',
      webhook: 'stripe',
      path: '/webhooks/stripe',
      maxBodyBytes: 1000,
    },
  ],
});

const nowMs = 0;
/** Nobody but a test of throttles comes near it. */
const throttles = createRouteThrottles(
  () => ACCOUNT_THROTTLE,
  () => nowMs,
);
const assemblyRef: { current: Assembly } = { current: assembly };
let server: HttpServer;
let origin: string;
/** What the function answers; by default its event. */
let answer: (event: unknown, functionArn: string) => Promise<unknown>;

beforeEach(async () => {
  answer = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });
  const httpApi = createHttpApi({
    assembly: assemblyRef,
    functions: {
      async invoke(functionArn, payload): Promise<InvokeResult> {
        const result = await answer(JSON.parse(payload.toString()), functionArn);
        const failed = result === 'function failed';
        const document = Buffer.from(JSON.stringify(failed ? { errorType: 'Error' } : result));
        return {
          functionError: failed ? 'Unhandled' : undefined,
          payload: document,
          requestId: 'r-1',
          durationMs: 1,
        };
      },
    },
    authorize: () => Promise.reject(new Error('no route asks for it')),
    throttles,
    integrationTimeoutMs: 200,
  });
  server = await startHttpServer(0, httpApi);
  origin = `http://127.0.0.1:${server.port}`;
});
afterEach(() => server.close());

const eventOf = async (path: string, init: RequestInit = {}) =>
  (await (await fetch(origin + path, init)).json()) as Record<string, never>;

describe('the event', () => {
  it('is of payload format 2.0', async () => {
    const event = await eventOf('/things/a%20b?x=1&y=2&x=3&empty=', {
      headers: { cookie: 'a=1; b=2', 'X-Custom': 'yes', 'user-agent': 'test' },
    });
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'GET /things/{id}',
      rawPath: '/things/a b',
      rawQueryString: 'x=1&y=2&x=3&empty=',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({ 'x-custom': 'yes', host: `127.0.0.1:${server.port}` }),
      queryStringParameters: { x: '1,3', y: '2', empty: '' },
      pathParameters: { id: 'a b' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: 'local.execute-api.us-east-1.amazonaws.com',
        domainPrefix: 'local',
        http: {
          method: 'GET',
          path: '/things/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId: expect.stringMatching(/^[\da-f-]{36}$/),
        routeKey: 'GET /things/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
  });

  it.each([
    ['application/json', '{"a":"ä"}', false],
    ['text/plain; charset=utf-8', 'text', false],
    ['application/vnd.api+json', '{}', false],
    ['application/x-www-form-urlencoded', '{"name":"payment"}', true],
    ['application/octet-stream', 'bytes', true],
  ])('has a body of %s as it is, or as base64', async (type, body, isBase64Encoded) => {
    const event = await eventOf('/things', { method: 'POST', headers: { 'content-type': type }, body });
    expect(event).toMatchObject({
      isBase64Encoded,
      body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
    });
  });

  it('keeps compressed bytes as they are', async () => {
    const body = gzipSync('{"a":1}');
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const event = await eventOf('/things', { method: 'POST', headers, body });
    expect(event).toMatchObject({ isBase64Encoded: true, body: body.toString('base64') });
  });

  it('has the values of a header that is sent twice with a comma between, as the authorizer gets them', async () => {
    const text = await raw(
      'GET /things/special HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n' +
        'authorization: Bearer a\r\nAuthorization: Bearer b\r\nx-a: 1\r\nx-a: 2\r\ncookie: a=1\r\ncookie: b=2\r\n\r\n',
    );
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({
      headers: { authorization: 'Bearer a,Bearer b', 'x-a': '1,2' },
      cookies: ['a=1', 'b=2'],
    });
  });

  it('of a function URL keeps the path as it came and needs no token', async () => {
    const event = await eventOf('/webhooks/stripe?a=%20', { method: 'POST', body: 'raw' });
    expect(event).toMatchObject({
      routeKey: '$default',
      rawPath: '/webhooks/stripe',
      rawQueryString: 'a=%20',
    });
    expect(JSON.stringify(event.requestContext)).toContain('.lambda-url.');
  });
});

describe('the answer', () => {
  const get = () => fetch(`${origin}/things/special`);

  it('has status, headers, cookies and bytes of the function', async () => {
    answer = async () => ({
      statusCode: '201',
      headers: { 'Content-Type': 'image/png', 'X-A': 'b\r\nevil: 1', 'transfer-encoding': 'chunked' },
      cookies: ['a=1', 'b=2'],
      body: Buffer.from([1, 2, 255]).toString('base64'),
      isBase64Encoded: true,
    });
    const response = await get();
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('x-a')).toBe('bevil: 1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 255]);
  });

  it.each([
    [{ hello: 'world' }, '{"hello":"world"}'],
    ['plain text', 'plain text'],
    [[1, 2], '[1,2]'],
  ])('is any value as JSON when it names no status: %j', async (value, text) => {
    answer = async () => value;
    const response = await get();
    expect(response.headers.get('content-type')).toBe('application/json');
    expect([response.status, await response.text()]).toEqual([200, text]);
  });

  it.each(['function failed', { statusCode: 'often' }, { statusCode: 999 }, { statusCode: 200, body: {} }])(
    'is a 500 that says nothing for %j',
    async (value) => {
      answer = async () => value;
      const response = await get();
      expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    },
  );

  it('is a 502 at a function URL whose function failed', async () => {
    answer = async () => 'function failed';
    expect((await fetch(`${origin}/webhooks/stripe`, { method: 'POST' })).status).toBe(502);
  });

  it('is a 429 at a function URL whose concurrency is used up, and a 503 at a route', async () => {
    answer = () => Promise.reject(new ConcurrencyExceededError('hook', 5));
    expect((await fetch(`${origin}/webhooks/stripe`, { method: 'POST' })).status).toBe(429);
    expect((await get()).status).toBe(503);
  });

  it('is a 500 when there is no such function any more', async () => {
    answer = () => Promise.reject(new UnknownFunctionError('gone'));
    expect((await get()).status).toBe(500);
  });

  it('is a 503 when the function takes longer than the integration may', async () => {
    answer = () => new Promise(() => {});
    const response = await get();
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });

  it('has no body for HEAD, and the length that GET would have', async () => {
    answer = async () => ({ statusCode: 200, body: 'abc' });
    const response = await fetch(`${origin}/files/a`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('what is refused', () => {
  it('an unknown path or method, in the words of API Gateway', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['DELETE', '/things'],
      ['GET', '/things/'],
    ] as const) {
      const response = await fetch(origin + path, { method });
      expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
    }
  });

  it.each(['with its length declared', 'in chunks'])('a body of more than 10 MB, %s', async (how) => {
    const bytes = new Uint8Array(11 * 1024 * 1024);
    const body = how === 'in chunks' ? new Blob([bytes]).stream() : bytes;
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const response = await fetch(`${origin}/things`, init);
    expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  });

  it('an event that is more than a function can take', async () => {
    const response = await fetch(`${origin}/things`, {
      method: 'POST',
      body: new Uint8Array(5 * 1024 * 1024),
    });
    expect(response.status).toBe(413);
  });

  it('a path that cannot be decoded', async () => {
    expect(await raw(`GET /things/%zz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`)).toContain(
      ' 400 ',
    );
  });

  it('another host name, which a page of the web may have made to mean this machine', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io:3000']) {
      const text = await raw(`GET /things/special HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      expect(text).toContain(' 403 ');
    }
    expect(
      await raw('GET /things/special HTTP/1.1\r\nhost: LOCALHOST:1\r\nconnection: close\r\n\r\n'),
    ).toContain(' 200 ');
  });

  it.each([
    'nonsense\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'POST /things HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n',
  ])('malformed HTTP (%j), and serves the next', async (bytes) => {
    expect(await raw(bytes)).toContain(' 400 ');
    expect((await fetch(`${origin}/things/special`)).status).toBe(200);
  });

  it('more headers than an HTTP API takes', async () => {
    const long = `GET /things/special HTTP/1.1\r\nhost: localhost\r\nx-a: ${'a'.repeat(10_240)}\r\n\r\n`;
    expect(await raw(long)).toContain(' 431 Request Header Fields Too Large');
    expect((await fetch(`${origin}/things/special`)).status).toBe(200);
  });

  it('with the same headers for browsers and caches as an answer of the function', async () => {
    const headers = {
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    };
    const shown = async (path: string) =>
      Object.fromEntries([...(await fetch(origin + path)).headers].filter(([name]) => name in headers));
    expect(await shown('/nothing')).toEqual(headers);
    answer = async () => ({ statusCode: 200, headers: { 'Cache-Control': 'max-age=1' }, body: '{}' });
    expect(await shown('/things/special')).toEqual({ ...headers, 'cache-control': 'max-age=1' });
    const page = { 'content-type': 'text/html', 'referrer-policy': 'origin' };
    answer = async () => ({ statusCode: 200, headers: page, body: '' });
    const { 'content-security-policy': _, ...ofPages } = headers;
    expect(await shown('/things/special')).toEqual({ ...ofPages, 'referrer-policy': 'origin' });
  });

  it('a port that is taken, with a line that says what to do', async () => {
    await expect(startHttpServer(server.port, () => Promise.reject(new Error()))).rejects.toThrow(
      `port ${server.port} is in use: stop what listens there, or choose another with: npm start -- --port <number>`,
    );
  });
});

describe('pages of other origins', () => {
  const shop = 'https://shop.example';
  const cors: CorsResource = {
    allowOrigins: [shop, 'http://localhost'],
    anyPort: false,
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization', 'if-match'],
    exposeHeaders: ['location', 'x-request-id'],
    maxAgeSeconds: 300,
  };
  let current: CorsResource;
  beforeEach(() => {
    current = cors;
    assemblyRef.current = {
      ...assembly,
      get cors() {
        return current;
      },
    };
  });
  afterEach(() => {
    assemblyRef.current = assembly;
  });
  const preflight = (from: string, path = '/nowhere', method = 'PATCH') =>
    fetch(origin + path, {
      method: 'OPTIONS',
      headers: { origin: from, 'access-control-request-method': method },
    });
  const corsHeaders = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control') || name === 'vary'));

  it('may ask beforehand, whatever route and method they mean', async () => {
    for (const path of ['/nowhere', '/things', '/files/a']) {
      const response = await preflight(shop, path);
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(corsHeaders(response)).toEqual({
        'access-control-allow-origin': shop,
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization,if-match',
        'access-control-max-age': '300',
        vary: 'Origin',
      });
    }
  });

  it('get an answer without permission when they are not let in', async () => {
    for (const from of [
      'https://other.example',
      `${shop}:8443`,
      'http://shop.example',
      'null',
      'http://localhost:1',
    ]) {
      const asked = await preflight(from);
      expect([asked.status, corsHeaders(asked)]).toEqual([204, { vary: 'Origin' }]);
      const sent = await fetch(`${origin}/things/special`, { headers: { origin: from } });
      expect([sent.status, corsHeaders(sent)]).toEqual([200, { vary: 'Origin' }]);
    }
  });

  it('may read answers and refusals, with the headers of API Gateway and none of the function', async () => {
    const read = {
      'access-control-allow-origin': shop,
      'access-control-expose-headers': 'location,x-request-id',
      vary: 'Origin',
    };
    answer = async () => ({
      statusCode: 409,
      headers: { 'Access-Control-Allow-Origin': '*', 'access-control-allow-credentials': 'true' },
      body: '{}',
    });
    const refused = await fetch(`${origin}/things/special`, { headers: { origin: shop } });
    expect([refused.status, corsHeaders(refused)]).toEqual([409, read]);
    answer = async () => 'function failed';
    const failed = await fetch(`${origin}/things/special`, { headers: { origin: shop } });
    expect([failed.status, corsHeaders(failed)]).toEqual([500, read]);
    const missing = await fetch(`${origin}/nowhere`, { headers: { origin: shop } });
    expect([missing.status, corsHeaders(missing)]).toEqual([404, read]);
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    const large = await fetch(`${origin}/things`, { method: 'POST', headers: { origin: shop }, body });
    expect([large.status, corsHeaders(large)]).toEqual([413, read]);
  });

  it('may not get what was kept for another encoding: what the function varies stays', async () => {
    answer = async () => ({ statusCode: 200, headers: { Vary: 'accept-encoding' }, body: '' });
    const sent = await fetch(`${origin}/things/special`, { headers: { origin: shop } });
    expect(sent.headers.get('vary')).toBe('accept-encoding, Origin');
    current = { ...cors, allowOrigins: ['*'] };
    const open = await fetch(`${origin}/things/special`, { headers: { origin: shop } });
    expect(open.headers.get('vary')).toBe('accept-encoding');
  });

  it('may be of any port where the assembly says so', async () => {
    current = { ...cors, anyPort: true };
    const response = await preflight('http://localhost:5173');
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(
      (await preflight('http://localhost.evil.example')).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });

  it('may be everybody', async () => {
    current = { ...cors, allowOrigins: ['*'] };
    expect(corsHeaders(await preflight('https://anybody.example'))).toMatchObject({
      'access-control-allow-origin': '*',
    });
    const sent = await fetch(`${origin}/things/special`, { headers: { origin: 'null' } });
    expect(corsHeaders(sent)).toEqual({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'location,x-request-id',
    });
  });

  it('never reach a webhook', async () => {
    const asked = await preflight(shop, '/webhooks/stripe');
    const sent = await fetch(`${origin}/webhooks/stripe`, {
      method: 'POST',
      headers: { origin: shop },
      body: '{}',
    });
    expect([corsHeaders(asked), corsHeaders(sent)]).toEqual([{}, {}]);
  });

  it('are no business of programs, which send no origin', async () => {
    const sent = await fetch(`${origin}/things/special`);
    expect(corsHeaders(sent)).toEqual({ vary: 'Origin' });
    const options = await fetch(`${origin}/things/special`, { method: 'OPTIONS', headers: { origin: shop } });
    expect(options.status).toBe(404);
  });
});

it('sends a web page of another origin no CORS headers where none are configured', async () => {
  const response = await fetch(`${origin}/things/special`, { headers: { origin: 'https://shop.example' } });
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});

function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}
