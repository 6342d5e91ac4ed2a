import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLISHABLE_KEY, raw, startSandbox, WEBHOOK_SECRET, SECRET_KEY } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const create = (form: string) => raw(sandbox.origin, 'POST', '/v1/payment_intents', form);
const manyKeys = Array.from({ length: 51 }, (_, index) => `metadata[k${index}]=v`).join('&');

describe('parameters', () => {
  it.each([
    ['currency=usd', 'parameter_missing', 'amount'],
    ['amount=100', 'parameter_missing', 'currency'],
    ['amount=10.5&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['amount=&currency=usd', 'parameter_invalid_empty', 'amount'],
    ['amount=0&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['amount=-5&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['amount=49&currency=usd', 'amount_too_small', 'amount'],
    ['amount=100000000&currency=usd', 'amount_too_large', 'amount'],
    ['amount=1000000000000&currency=idr', 'amount_too_large', 'amount'],
    ['amount=100&currency=xxx', undefined, 'currency'],
    ['amount=150&currency=isk', 'invalid_charge_amount_no_decimal_compatible', 'amount'],
    ['amount=1001&currency=kwd', 'parameter_invalid_integer', 'amount'],
    ['amount=100&currency=usd&capture_method=manuel', undefined, 'capture_method'],
    ['amount=100&currency=usd&confirm=yes', undefined, 'confirm'],
    ['amount=100&currency=usd&off_session=true', undefined, 'off_session'],
    ['amount=100&currency=usd&return_url=https://shop.example', undefined, 'return_url'],
    ['amount=100&currency=usd&confirm=true&return_url=ftp://x', 'url_invalid', 'return_url'],
    ['amount=100&currency=usd&expand=latest_charge', undefined, 'expand'],
    ['amount=100&currency=usd&automatic_payment_methods=true', undefined, 'automatic_payment_methods'],
    ['amount=100&currency=usd&metadata=x', undefined, 'metadata'],
    ['amount[a]=100&currency=usd', undefined, 'amount'],
    ['amount=1&amount[a]=100&currency=usd', undefined, 'amount'],
    ['amount=100&currency=usd&a[b][c][d][e][f][g]=1', undefined, 'a'],
    [
      'amount=100&currency=usd&allowed_payment_method_types[]=cash',
      undefined,
      'allowed_payment_method_types',
    ],
    [
      'amount=100&currency=usd&allowed_payment_method_types[]=card&automatic_payment_methods[enabled]=true',
      undefined,
      'allowed_payment_method_types',
    ],
    ['amount=100&currency=usd&colour=red', 'parameter_unknown', 'colour'],
    ['amount=100&currency=usd&payment_method_types[]=card', 'parameter_unknown', 'payment_method_types'],
    [
      'amount=100&currency=usd&automatic_payment_methods[on]=true',
      'parameter_unknown',
      'automatic_payment_methods[on]',
    ],
    ['amount=100&currency=usd&payment_method=pm_nothing', 'resource_missing', 'payment_method'],
    ['amount=100&currency=usd&confirm=true', 'parameter_missing', 'payment_method'],
    ['amount=100&currency=usd&confirm=true&payment_method=pm_card_visa', undefined, 'return_url'],
    ['amount=100&currency=usd&expand[]=description', undefined, 'expand'],
    [`amount=100&currency=usd&metadata[${'k'.repeat(41)}]=v`, undefined, `metadata[${'k'.repeat(41)}]`],
    [`amount=100&currency=usd&metadata[k]=${'v'.repeat(501)}`, undefined, 'metadata[k]'],
    [`amount=100&currency=usd&${manyKeys}`, undefined, 'metadata'],
  ])('%s is refused', async (form, code, param) => {
    const { body, status } = await create(form);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', param });
    expect(body.error?.code).toBe(code);
  });

  it('leaves nothing behind', async () => {
    const before = await sandbox.stripe.paymentIntents.list({ limit: 100 });
    await create('amount=100&currency=usd&expand[]=nothing');
    await create('amount=100&currency=usd&confirm=true&payment_method=pm_card_visa');
    const after = await sandbox.stripe.paymentIntents.list({ limit: 100 });
    expect(after.data).toHaveLength(before.data.length);
  });

  it.each([
    ['amount=100&currency=isk', 'isk'],
    ['amount=1000&currency=kwd', 'kwd'],
    ['amount=1&currency=krw', 'krw'],
    ['amount=99999999&currency=usd', 'usd'],
    ['amount=999999999999&currency=idr', 'idr'],
  ])('%s is taken', async (form) => {
    expect((await create(form)).status).toBe(200);
  });

  it.each(['card[number]=1', 'card[number]=1&card[exp_month]=12', 'card[cvc]=1'])(
    '%s is refused: tokens only',
    async (card) => {
      const { body, status } = await raw(sandbox.origin, 'POST', '/v1/payment_methods', `type=card&${card}`);
      expect(status).toBe(402);
      expect(body.error?.message).toContain('test tokens');
    },
  );

  it('refuses JSON, a query on a POST, and another API version', async () => {
    const json = await raw(sandbox.origin, 'POST', '/v1/payment_intents', '{"amount":100}', {
      'content-type': 'application/json',
    });
    const query = await raw(sandbox.origin, 'POST', '/v1/payment_intents?amount=100');
    const version = await raw(sandbox.origin, 'GET', '/v1/balance', '', { 'stripe-version': '2020-08-27' });
    expect([json.status, query.status, version.status]).toEqual([400, 400, 400]);
  });

  it('is not confused by names of object members', async () => {
    expect((await create('amount=100&currency=usd&__proto__[confirm]=true')).body.error?.code).toBe(
      'parameter_unknown',
    );
    expect(
      (await create('amount=100&currency=usd&metadata[__proto__]=x&metadata[constructor]=y')).status,
    ).toBe(200);
  });
});

describe('who may ask', () => {
  it.each(['', 'Bearer sk_test_other', 'Basic c2tfdGVzdF9vdGhlcjo=', 'Digest x'])(
    '%s is a 401',
    async (authorization) => {
      const { body, status, headers } = await raw(sandbox.origin, 'GET', '/v1/balance', '', {
        authorization,
      });
      expect(status).toBe(401);
      expect(body.error?.type).toBe('invalid_request_error');
      expect(JSON.stringify(body)).not.toContain('sk_test_other');
      expect(headers.get('request-id')).toMatch(/^req_/);
    },
  );

  it('takes the secret key as Basic user too', async () => {
    const authorization = `Basic ${Buffer.from(`${SECRET_KEY}:`).toString('base64')}`;
    expect((await raw(sandbox.origin, 'GET', '/v1/balance', '', { authorization })).status).toBe(200);
  });

  it('gives the publishable key little, and only with the client secret', async () => {
    const authorization = `Bearer ${PUBLISHABLE_KEY}`;
    const intent = await sandbox.stripe.paymentIntents.create({ amount: 100, currency: 'usd' });
    const get = (query: string) =>
      raw(sandbox.origin, 'GET', `/v1/payment_intents/${intent.id}${query}`, '', { authorization });
    expect((await get('')).body.error?.param).toBe('client_secret');
    expect((await get('?client_secret=wrong')).status).toBe(400);
    expect((await get(`?client_secret=${intent.client_secret}`)).body).toMatchObject({
      id: intent.id,
      status: 'requires_payment_method',
    });
    const list = await raw(sandbox.origin, 'GET', '/v1/payment_intents', '', { authorization });
    expect(list).toMatchObject({ status: 401, body: { error: { code: 'secret_key_required' } } });
    const failed = await raw(
      sandbox.origin,
      'POST',
      `/v1/payment_intents/${intent.id}/confirm`,
      `client_secret=${intent.client_secret}&payment_method=pm_card_chargeDeclined&return_url=https://shop.example`,
      { authorization },
    );
    expect(failed.status).toBe(402);
    expect(failed.body.error).not.toHaveProperty('payment_intent.metadata');
    expect(failed.body.error).toHaveProperty('payment_intent.last_payment_error.code', 'card_declined');
  });

  it.each([
    ['GET', '/v1/coupons'],
    ['DELETE', '/v1/payment_intents/pi_1'],
    ['GET', '/nowhere'],
    ['POST', '/v1/payment_intents/pi_1/refund'],
  ])('%s %s is a 404 with an error the SDK understands', async (method, path) => {
    const { body, status } = await raw(sandbox.origin, method, path);
    expect(status).toBe(404);
    expect(body.error?.message).toContain('Unrecognized request URL');
  });

  it.each([
    '/v1/payment_intents/pi_no',
    '/v1/charges/ch_no',
    '/v1/payment_methods/pm_no',
    '/v1/events/evt_no',
  ])('%s is missing', async (path) => {
    expect(await raw(sandbox.origin, 'GET', path)).toMatchObject({
      status: 404,
      body: { error: { code: 'resource_missing' } },
    });
  });

  it('answers only this machine', async () => {
    const { port } = new URL(sandbox.origin);
    const status = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const path = '/__sandbox/signing';
        request({ host: '127.0.0.1', port, path, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await status({ host: 'evil.example' })).toBe(403);
    expect(await status({ host: `127.0.0.1.evil.example:${port}` })).toBe(403);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
    expect(await status({ host: `localhost:${port}`, origin: 'http://127.0.0.1:3000' })).toBe(200);
  });

  it('bounds bodies', async () => {
    const { status } = await create(`amount=100&currency=usd&description=${'x'.repeat(1_000_001)}`);
    expect(status).toBe(413);
  });

  it('shows the signing secrets to testers', async () => {
    expect((await sandbox.control('GET', 'signing')).body).toEqual({ secrets: [WEBHOOK_SECRET] });
  });
});
