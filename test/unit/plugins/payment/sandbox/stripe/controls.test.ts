import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, NO_REDIRECTS, startSandbox, stripeAt } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const params = { amount: 1000, currency: 'usd' };
const create = (idempotencyKey?: string, retries = 0) =>
  stripeAt(sandbox.origin, undefined, retries).paymentIntents.create(
    params,
    idempotencyKey === undefined ? {} : { idempotencyKey },
  );
const intents = async () => (await sandbox.stripe.paymentIntents.list({ limit: 100 })).data.length;
const fault = (body: unknown) => sandbox.control('POST', 'faults', body);

describe('faults', () => {
  it('answers with a status before acting, as often as told, where the path fits', async () => {
    await fault([{ method: 'POST', path: 'payment_intents', status: 500, times: 2 }]);
    expect((await sandbox.stripe.balance.retrieve()).object).toBe('balance');
    expect(await failure(create())).toMatchObject({ statusCode: 500, type: 'StripeAPIError' });
    expect(await failure(create())).toMatchObject({ statusCode: 500 });
    await create();
    expect(await intents()).toBe(1);
  });

  it('answers with its own body and headers', async () => {
    await fault({ status: 429, headers: { 'x-why': 'test' } });
    const limited = await failure(create());
    expect(limited).toMatchObject({ type: 'StripeRateLimitError', code: 'rate_limit' });
    expect(limited.headers?.['x-why']).toBe('test');
    await fault({ status: 400, body: { error: { type: 'invalid_request_error', message: 'mine' } } });
    expect(await failure(create())).toMatchObject({ message: 'mine' });
  });

  it('strikes a share of the requests, until it is deleted', async () => {
    await fault({ share: 1, status: 500 });
    for (let i = 0; i < 3; i += 1) expect(await failure(create())).toMatchObject({ statusCode: 500 });
    await sandbox.control('DELETE', 'faults');
    await fault({ share: 0.5, status: 500 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        create().then(
          () => 'made',
          () => 'failed',
        ),
      ),
    );
    // Missed once in 2^39 runs.
    expect(new Set(answers)).toEqual(new Set(['made', 'failed']));
  });

  it('cuts the connection before acting', async () => {
    // The SDK repeats a reset request once even when it is told not to retry.
    await fault({ method: 'POST', reset: true, times: 2 });
    expect(await failure(create('k'))).toMatchObject({ type: 'StripeConnectionError' });
    expect(await intents()).toBe(0);
    const { requests } = (await sandbox.control('GET', 'requests?method=POST')).body;
    const cut = { status: null, fault: true, path: '/v1/payment_intents' };
    expect(requests).toMatchObject([cut, cut]);
  });

  it('cuts the connection after acting, and the retry with the same key acts no second time', async () => {
    await fault([
      { method: 'POST', after: true },
      { method: 'POST', reset: true, after: true },
    ]);
    const made = await create('k', 2);
    expect(made.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await intents()).toBe(1);
  });

  it('answers 500 after acting, and the retry gets what was made', async () => {
    await fault({ method: 'POST', status: 500, after: true });
    expect((await create('k', 1)).id).toMatch(/^pi_/);
    expect(await intents()).toBe(1);
  });

  it('waits, lists and forgets', async () => {
    await fault({ delayMs: 20, after: true });
    expect((await create()).status).toBe('requires_payment_method');
    await fault([{ status: 500 }, { status: 502 }]);
    expect((await sandbox.control('GET', 'faults')).body.faults).toHaveLength(2);
    expect((await sandbox.control('DELETE', 'faults')).body.faults).toEqual([]);
    await create();
  });
});

describe('malformed controls', () => {
  it.each([
    ['POST', 'faults', { times: 0 }],
    ['POST', 'faults', { share: 1.5, status: 500 }],
    ['POST', 'faults', { path: '/capture' }],
    ['POST', 'faults', { pathh: '/capture' }],
    ['POST', 'faults', [{ status: 99 }]],
    ['POST', 'faults', '{"times":'],
    ['POST', 'webhooks', { mode: 'loud' }],
    ['POST', 'webhooks', { delayMs: -1 }],
    ['POST', 'webhooks/resend', {}],
    ['POST', 'clock', { advance: 'a week' }],
    ['POST', 'clock', { advance: '9999d' }],
    ['POST', 'clock', {}],
    ['POST', 'payment_intents/pi_x/3ds', { result: 'maybe' }],
  ])('%s %s %j is a 400 that says why', async (method, path, body) => {
    const answer = await sandbox.control(method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error?.message).not.toBe('');
  });

  it.each([
    ['GET', 'nothing'],
    ['GET', 'clock'],
  ])('%s %s is a 404 that lists the controls', async (method, path) => {
    const answer = await sandbox.control(method, path);
    expect(answer).toMatchObject({
      status: 404,
      body: { error: { message: expect.stringContaining('/__sandbox/faults') } },
    });
  });

  it('knows no 3-D Secure answer for an intent that does not exist', async () => {
    expect((await sandbox.control('POST', 'payment_intents/pi_x/3ds', { result: 'failed' })).status).toBe(
      404,
    );
  });
});

describe('the rest', () => {
  it('is healthy', async () => {
    expect(await sandbox.control('GET', 'health')).toMatchObject({
      status: 200,
      body: { status: 'ok', provider: 'stripe' },
    });
  });

  it('forgets everything on reset', async () => {
    await create('k');
    await fault({ status: 500 });
    await sandbox.control('POST', 'clock', { advance: '1d' });
    await sandbox.control('POST', 'reset');
    expect((await sandbox.control('GET', 'requests')).body).toEqual({ count: 0, requests: [] });
    expect(await intents()).toBe(0);
    expect((await create('k')).lastResponse.headers['idempotent-replayed']).toBeUndefined();
  });

  it('logs requests without their secrets', async () => {
    const intent = await create('k');
    await sandbox.stripe.paymentIntents.retrieve(intent.id, { client_secret: intent.client_secret ?? '' });
    const { body } = await sandbox.control('GET', 'requests');
    expect(body.requests).toMatchObject([
      { method: 'POST', path: '/v1/payment_intents', idempotencyKey: 'k', status: 200, replayed: false },
      { method: 'GET', path: `/v1/payment_intents/${intent.id}`, idempotencyKey: null, status: 200 },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/_secret_|sk_test/);
    expect(
      (await sandbox.control('GET', 'requests?method=POST&path=payment_intents&status=200&count=1')).body,
    ).toEqual({ count: 1 });
    const { body: newest } = await sandbox.control('GET', 'requests?limit=1');
    expect(newest).toMatchObject({ count: 2, requests: [{ method: 'GET' }] });
    for (const path of ['requests?limit=0', 'webhooks?limit=x'])
      expect((await sandbox.control('GET', path)).status).toBe(400);
  });

  it('lets an authorisation expire after seven days', async () => {
    const held = await sandbox.stripe.paymentIntents.create({
      ...params,
      capture_method: 'manual',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: NO_REDIRECTS,
    });
    await sandbox.control('POST', 'clock', { advance: '6d' });
    expect((await sandbox.stripe.paymentIntents.retrieve(held.id)).status).toBe('requires_capture');
    await sandbox.control('POST', 'clock', { advance: '1d' });
    const expired = await sandbox.stripe.paymentIntents.retrieve(held.id, { expand: ['latest_charge'] });
    expect(expired).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'expired',
      latest_charge: { captured: false },
    });
    const { data } = await sandbox.stripe.events.list({ limit: 2 });
    expect(data.map(({ type, request }) => [type, request?.id])).toEqual([
      ['payment_intent.canceled', null],
      ['charge.expired', null],
    ]);
  });

  it('leaves captured and cancelled intents alone when the time passes', async () => {
    const hold = () =>
      sandbox.stripe.paymentIntents.create({
        ...params,
        capture_method: 'manual',
        confirm: true,
        payment_method: 'pm_card_visa',
        automatic_payment_methods: NO_REDIRECTS,
      });
    const [captured, canceled] = [await hold(), await hold()];
    await sandbox.stripe.paymentIntents.capture(captured.id);
    await sandbox.stripe.paymentIntents.cancel(canceled.id);
    await sandbox.control('POST', 'clock', { advance: '30d' });
    expect((await sandbox.stripe.paymentIntents.retrieve(captured.id)).status).toBe('succeeded');
    expect((await sandbox.stripe.paymentIntents.retrieve(canceled.id)).cancellation_reason).toBeNull();
    expect((await sandbox.stripe.events.list({ type: 'charge.expired' })).data).toEqual([]);
  });
});
