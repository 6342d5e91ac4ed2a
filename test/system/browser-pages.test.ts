import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type System, startSystem } from '../support/system.ts';

/** The API as a page of another origin sees it: what a browser's fetch asks and checks, without the browser. */
let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

const page = 'http://localhost:5173';
const preflight = (path: string, method: string, from = page) =>
  fetch(system.url + path, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,idempotency-key,if-match',
    },
  });

describe('a page on this machine', () => {
  it.each(['GET', 'POST', 'PATCH', 'DELETE'])('may send %s with the headers of the API', async (method) => {
    const { status, headers } = await preflight('/payments', method);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(page);
    expect(headers.get('access-control-allow-methods')?.split(',')).toContain(method);
    expect(headers.get('access-control-allow-headers')?.split(',')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match']),
    );
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('reads answers, refusals and the headers that matter', async () => {
    const sent = { origin: page, 'content-type': 'application/json', 'idempotency-key': 'page-1' };
    const body = JSON.stringify({ amount: 5, currency: 'usd' });
    const created = await fetch(`${system.url}/payments`, { method: 'POST', headers: sent, body });
    expect([created.status, created.headers.get('access-control-allow-origin')]).toEqual([201, page]);
    const exposed = created.headers.get('access-control-expose-headers')?.split(',') ?? [];
    expect(exposed.toSorted()).toEqual([
      'etag',
      'idempotent-replayed',
      'location',
      'retry-after',
      'x-request-id',
    ]);
    const refused = await fetch(`${system.url}/payments/pay_nothing`, { headers: { origin: page } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([404, page]);
  });
});

describe('any other page', () => {
  it.each(['https://shop.example', 'http://localhost.shop.example', 'null'])(
    'of %s is not let in',
    async (from) => {
      const asked = await preflight('/payments', 'POST', from);
      expect(asked.headers.get('access-control-allow-origin')).toBeNull();
      const sent = await fetch(`${system.url}/payments`, { headers: { origin: from } });
      expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([401, null]);
    },
  );
});

it('no page is told anything by webhooks, or by what only the local system has', async () => {
  for (const path of ['/webhooks/stripe', '/dev/events']) {
    const asked = await preflight(path, 'POST');
    const sent = await fetch(system.url + path, { method: 'POST', headers: { origin: page }, body: '{}' });
    for (const { headers } of [asked, sent]) expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});
