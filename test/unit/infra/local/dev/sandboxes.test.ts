import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askSandbox } from '#infra/local/dev/sandboxes.ts';
import { type HttpServer, startHttpServer } from '#infra/local/http/server.ts';
import { readBody } from '#infra/local/http/body.ts';
import { startHttp, type TestAnswer, type TestHttp } from '../../../../support/http-server.ts';

/** A sandbox that answers with what it was asked. */
let sandbox: TestHttp;
let server: HttpServer;
beforeAll(async () => {
  sandbox = await startHttp((body, { method, url, headers }): TestAnswer => {
    if (url === '/huge') return { status: 200, body: 'x'.repeat(9 * 1024 * 1024) };
    if (url === '/page') return { status: 303, body: '', headers: { location: 'https://shop.example/?a=1' } };
    return {
      status: 418,
      body: { method, url, headers, body },
      headers: { 'request-id': 'req_1', 'set-cookie': 'a=b' },
    };
  });
  const sandboxes = [
    { plugin: 'payment', name: 'stripe', url: sandbox.url },
    { plugin: 'payment', name: 'gone', url: 'http://127.0.0.1:9' },
  ];
  server = await startHttpServer(0, async (request: IncomingMessage, path) => {
    const [, name = '', rest = ''] = /^\/([^/]+)\/(.*)$/.exec(path) ?? [];
    return askSandbox(sandboxes, { request, name, path: rest, body: await readBody(request, 1024) });
  });
});
afterAll(() => Promise.all([sandbox.stop(), server.close()]));

async function ask(method: string, path: string, init: RequestInit = {}) {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    redirect: 'manual',
    ...init,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? '' : JSON.parse(text),
  };
}

describe('a request for a sandbox', () => {
  it('is passed on with method, path, query, headers and body, and answered as the sandbox answers', async () => {
    const headers = {
      authorization: 'Bearer pk_test_1',
      'idempotency-key': 'k',
      cookie: 'c=d',
      origin: 'http://localhost',
    };
    const {
      status,
      headers: answered,
      body,
    } = await ask('POST', '/stripe/v1/payment_intents/pi_1/confirm?a=%2F&b', {
      headers,
      body: 'client_secret=s',
    });
    expect(status).toBe(418);
    expect(answered.get('request-id')).toBe('req_1');
    expect(answered.get('set-cookie')).toBeNull();
    expect(body).toMatchObject({
      method: 'POST',
      url: '/v1/payment_intents/pi_1/confirm?a=%2F&b',
      body: 'client_secret=s',
      headers: { authorization: 'Bearer pk_test_1', 'idempotency-key': 'k', host: new URL(sandbox.url).host },
    });
    expect(Object.keys(body.headers)).not.toContain('cookie');
    expect(Object.keys(body.headers)).not.toContain('origin');
    expect((await ask('DELETE', '/stripe/__sandbox/faults')).body).toMatchObject({ method: 'DELETE' });
  });

  it('names no other host by its path', async () => {
    for (const path of ['//evil.example/x', '/@evil.example/x', '/\\evil.example/x'])
      expect((await ask('GET', `/stripe${path}`)).status).toBe(418);
  });

  it('is sent on where the sandbox sends it, by the browser itself', async () => {
    const { status, headers } = await ask('GET', '/stripe/page');
    expect([status, headers.get('location')]).toEqual([303, 'https://shop.example/?a=1']);
  });

  it('is refused for a sandbox that does not run, or does not answer, or says too much', async () => {
    expect(await ask('GET', '/square/x')).toMatchObject({
      status: 404,
      body: { code: 'sandbox-unknown', message: 'there is no sandbox square; these run: stripe, gone' },
    });
    expect(await ask('GET', '/gone/x')).toMatchObject({
      status: 502,
      body: { code: 'sandbox-unreachable', message: expect.stringContaining('gone gave no answer') },
    });
    expect(await ask('GET', '/stripe/huge')).toMatchObject({
      status: 502,
      body: { code: 'sandbox-answer-too-large' },
    });
  });
});
