import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { type System, startSystem } from '../support/system.ts';

/** Random digits that may contain any part of a card number, but never a whole one. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

let system: System;
let payments: ReturnType<typeof paymentsOf>;

beforeAll(async () => {
  system = await startSystem();
  payments = paymentsOf(system);
});
afterAll(() => system?.stop());

describe('POST /payments', () => {
  const usd = (amount: unknown) => JSON.stringify({ amount, currency: 'usd' });
  it.each([
    ['malformed JSON', '{"amount":', 400, 'malformed-json'],
    ['a list', '[]', 400, 'invalid-request'],
    ['no body', '', 400, 'invalid-request'],
    ['letters', usd('abc'), 400, 'invalid-request'],
    ['a negative amount', usd(-1), 400, 'invalid-request'],
    ['zero', usd(0), 400, 'invalid-request'],
    ['null', usd(null), 400, 'invalid-request'],
    ['more digits than an amount may have', '{"amount":1e21,"currency":"usd"}', 422, 'limit-exceeded'],
    ['too many decimals', usd(0.001), 422, 'amount-precision'],
    ['a fraction of a yen', JSON.stringify({ amount: 10.5, currency: 'jpy' }), 422, 'amount-precision'],
    ['an unknown currency', JSON.stringify({ amount: 1, currency: 'xxq' }), 422, 'currency-unsupported'],
    [
      'a misspelt member',
      JSON.stringify({ amount: 1, currency: 'usd', captureMode: 'x' }),
      400,
      'invalid-request',
    ],
    [
      'an unknown provider',
      JSON.stringify({ amount: 1, currency: 'usd', provider: 'x' }),
      400,
      'invalid-request',
    ],
    [
      'a card number',
      JSON.stringify({ amount: 1, currency: 'usd', description: 'card 4242 4242 4242 4242' }),
      400,
      'card-data-refused',
    ],
  ])('refuses %s', async (_name, raw, status, code) => {
    const asked = (await payments.sandbox('GET', '/requests')).body.requests.length;
    const answer = await request(system.url, 'POST', '/payments', { raw });
    expect(answer).toMatchObject({ status, body: { code, status, requestId: expect.any(String) } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const { requestId, ...shown } = answer.body;
    expect(requestId).toMatch(UUID);
    expect(JSON.stringify(shown)).not.toMatch(/4242|node_modules|at .*\.m?js:\d/);
    expect((await payments.sandbox('GET', '/requests')).body.requests).toHaveLength(asked);
  });

  it.each([
    ['too long', 'k'.repeat(256)],
    ['not visible ASCII', 'key with spaces'],
  ])('refuses an Idempotency-Key that is %s', async (_name, key) => {
    const answer = await payments.create({ amount: 1, currency: 'usd' }, { 'idempotency-key': key });
    expect(answer).toMatchObject({ status: 400, body: { code: 'idempotency-key-invalid' } });
  });
});

describe('other calls', () => {
  it('404 for an unknown payment, whatever its id looks like', async () => {
    for (const id of ['pay_unknown', '__proto__', '%2e%2e', 'a'.repeat(300)]) {
      expect((await payments.get(id)).status, id).toBe(404);
    }
  });

  it('another tenant sees nothing, and a token without the scope is refused', async () => {
    const { body } = await payments.create();
    const mint = (claims: unknown) => request(system.url, 'POST', '/dev/token', { body: claims });
    const stranger = await mint({ sub: 'eve', tenant: 'other', scopes: ['payments:read'] });
    const bearer = { authorization: `Bearer ${stranger.body.token}` };
    expect((await payments.api('GET', `/payments/${body.id}`, undefined, bearer)).status).toBe(404);
    expect((await payments.api('GET', '/payments', undefined, bearer)).body.payments).toEqual([]);
    expect((await payments.create(undefined, bearer)).status).toBe(403);
    const forged = { authorization: `Bearer ${stranger.body.token}x` };
    expect((await payments.api('GET', '/payments', undefined, forged)).status).toBe(401);
  });

  it('a tampered cursor is refused', async () => {
    await payments.create();
    await payments.create();
    const page = await payments.api('GET', '/payments?limit=1');
    expect(page.body.payments).toHaveLength(1);
    const next = await payments.api(
      'GET',
      `/payments?limit=1&cursor=${encodeURIComponent(page.body.cursor)}`,
    );
    expect(next.body.payments[0].id).not.toBe(page.body.payments[0].id);
    const bad = await payments.api('GET', `/payments?limit=1&cursor=x${page.body.cursor}`);
    expect(bad).toMatchObject({ status: 400, body: { code: 'cursor-invalid' } });
  });

  it.each([
    ['a syntax error', { query: 'mutation {' }, 400],
    ['no query', {}, 400],
    ['an unknown field', { query: '{ nobody }' }, 400],
    ['a deep document', { query: `{ ${'a{'.repeat(30)}b${'}'.repeat(30)} }` }, 400],
  ])('GraphQL with %s', async (_name, body, status) => {
    const answer = await request(system.url, 'POST', '/graphql', { body });
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0].extensions.code).toEqual(expect.any(String));
  });

  it('GraphQL errors carry the code of the operation', async () => {
    const answer = await payments.graphql(
      'mutation { createPayment(amountText: "0.001", currency: "usd") { id } }',
    );
    expect(answer.body.errors[0].extensions.code).toBe('amount-precision');
  });
});
