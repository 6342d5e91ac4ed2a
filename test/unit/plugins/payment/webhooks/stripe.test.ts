import { randomUUID } from 'node:crypto';
import { Stripe } from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../../../../../plugins/payment/engine/model/ids.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, WEBHOOK_SECRET, intentObject, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());
afterEach(() => bench.control('DELETE', '/faults'));

const create = async () => {
  const { body } = await bench.call('createPayment', { amount: 100, currency: 'usd' });
  return body;
};
const paid = async () => {
  const payment = await create();
  expect((await bench.confirm(payment.clientSecret ?? '')).status).toBe(200);
  await bench.mark();
  return payment;
};
const stateOf = async ({ id }: PaymentView) => (await bench.call('getPayment', { id })).body;
const logOf = async ({ id }: PaymentView) =>
  (await bench.call<{ transactions: { to: string }[] }>('listTransactions', { id })).body.transactions.map(
    ({ to }) => to,
  );
const eventsOf = async ({ id }: PaymentView) =>
  (
    (await bench.items(id, 'EVT#')) as unknown as {
      events: { id: string; type: string; sequence: number }[];
    }[]
  ).flatMap(({ events }) => events);

describe('a verified webhook', () => {
  it('costs two database round trips and one read at Stripe, its duplicate one and none', async () => {
    const payment = await paid();
    const event = bench.event('payment_intent.succeeded', intentObject(payment));
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect(bench.databaseCalls()).toBe(2);
    expect(await bench.requests()).toMatchObject([{ method: 'GET' }]);
    await bench.mark();
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    expect(bench.databaseCalls()).toBe(1);
    expect(await bench.requests()).toEqual([]);
    expect(await stateOf(payment)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
  });

  it('finds the payment by the reference when the object does not name it, and takes charges too', async () => {
    const payment = await paid();
    const charge = { id: 'ch_1', object: 'charge', payment_intent: payment.providerRef, metadata: {} };
    expect(await bench.deliver(bench.event('charge.succeeded', charge))).toMatchObject({
      outcome: 'processed',
    });
    expect(bench.databaseCalls()).toBe(3);
    expect((await stateOf(payment)).status).toBe('succeeded');
  });

  it('ten times in parallel: one effect, one log entry, one event', async () => {
    const payment = await paid();
    const event = bench.event('payment_intent.succeeded', intentObject(payment));
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => bench.deliver(event)));
    expect(outcomes.filter(({ outcome }) => outcome === 'processed')).toHaveLength(1);
    expect(await logOf(payment)).toEqual(['initiating', 'requires_action', 'succeeded']);
    expect((await eventsOf(payment)).filter(({ type }) => type === 'payment.succeeded.v1')).toHaveLength(1);
  });

  it('an event that changes nothing is remembered too: its repetition asks nobody', async () => {
    const payment = await create();
    const event = bench.event('payment_intent.created', intentObject(payment));
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => bench.deliver(event)));
    expect(outcomes.filter(({ outcome }) => outcome === 'processed')).toHaveLength(1);
    expect((await stateOf(payment)).version).toBe(payment.version);
    await bench.mark();
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    expect(await bench.requests()).toEqual([]);
  });

  it('all events of a payment in reverse, one by one and at once, end in the same state', async () => {
    const types = ['succeeded', 'processing', 'requires_action', 'created'].map(
      (name) => `payment_intent.${name}`,
    );
    for (const parallel of [false, true]) {
      const payment = await paid();
      const events = types.map((type) => bench.event(type, intentObject(payment)));
      if (parallel) await Promise.all(events.map((event) => bench.deliver(event)));
      else for (const event of events) await bench.deliver(event);
      expect(await stateOf(payment)).toMatchObject({ status: 'succeeded', version: 3 });
      expect(await logOf(payment)).toEqual(['initiating', 'requires_action', 'succeeded']);
      expect((await eventsOf(payment)).map(({ sequence, type }) => [sequence, type])).toEqual([
        [1, 'payment.created.v1'],
        [1, 'payment.requires_action.v1'],
        [2, 'payment.succeeded.v1'],
      ]);
    }
  });

  it('a slow one with an old view of the payment loses against a newer write, and looks again', async () => {
    const payment = await create();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let reads = 0;
    const slow = bench.with({
      provider: (inner) => ({
        ...inner,
        retrieve: async (ref, call) => {
          const snapshot = await inner.retrieve(ref, call);
          reads += 1;
          if (reads === 1) await held;
          return reads === 1 ? { ...snapshot, status: 'processing' } : snapshot;
        },
      }),
    });
    const stale = slow.deliver(bench.event('payment_intent.processing', intentObject(payment)));
    await bench.confirm(payment.clientSecret ?? '');
    await bench.deliver(bench.event('payment_intent.succeeded', intentObject(payment)));
    release();
    expect(await stale).toMatchObject({ outcome: 'processed' });
    expect(reads).toBe(2);
    expect(await stateOf(payment)).toMatchObject({ status: 'succeeded', version: 3 });
    expect(await logOf(payment)).toEqual(['initiating', 'requires_action', 'succeeded']);
  });

  it('tells every declined attempt once, and keeps the payment open', async () => {
    const payment = await create();
    for (const attempt of [1, 2]) {
      await bench.confirm(payment.clientSecret ?? '', 'pm_card_visa_chargeDeclined');
      for (let twice = 0; twice < 2; twice += 1) {
        await bench.deliver(bench.event('payment_intent.payment_failed', intentObject(payment)));
      }
      const failed = (await eventsOf(payment)).filter(({ type }) => type === 'payment.attempt_failed.v1');
      expect(failed).toHaveLength(attempt);
    }
    expect(await stateOf(payment)).toMatchObject({
      status: 'requires_action',
      failure: { code: 'card_declined' },
    });
    await bench.confirm(payment.clientSecret ?? '');
    await bench.deliver(bench.event('payment_intent.succeeded', intentObject(payment)));
    expect((await stateOf(payment)).status).toBe('succeeded');
  });

  it('asks for redelivery while Stripe or our payment is not there, and stores nothing', async () => {
    const payment = await paid();
    const event = bench.event('payment_intent.succeeded', intentObject(payment));
    await bench.control('POST', '/faults', [
      { method: 'GET', path: '/v1/payment_intents', times: 10, status: 500 },
    ]);
    await expect(bench.deliver(event)).rejects.toMatchObject({ status: 503, code: 'provider-unavailable' });
    await bench.control('DELETE', '/faults');
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
    const missing = { ...intentObject(payment), metadata: { payment_id: createId('pay', Date.now()) } };
    const lost = bench.deliver(bench.event('payment_intent.succeeded', missing));
    await expect(lost).rejects.toMatchObject({ status: 503, code: 'payment-missing' });
  });

  it('ignores other types and the objects of other systems', async () => {
    await bench.mark();
    expect(await bench.deliver(bench.event('product.created', { id: 'prod_1' }))).toMatchObject({
      outcome: 'ignored',
    });
    expect(bench.databaseCalls()).toBe(1);
    const foreign = { id: 'pi_foreign', object: 'payment_intent', metadata: { payment_id: 'theirs' } };
    expect(await bench.deliver(bench.event('payment_intent.succeeded', foreign))).toMatchObject({
      outcome: 'ignored',
    });
    const payment = await create();
    const stolen = { ...intentObject(payment), id: 'pi_foreign' };
    expect(await bench.deliver(bench.event('payment_intent.succeeded', stolen))).toMatchObject({
      outcome: 'ignored',
    });
    expect((await stateOf(payment)).version).toBe(payment.version);
  });

  it('records money on a canceled payment as late success', async () => {
    const payment = await create();
    await bench.call('cancelPayment', { id: payment.id });
    const late = bench.with({
      provider: (inner) => ({
        ...inner,
        retrieve: async (ref, call) => ({
          ...(await inner.retrieve(ref, call)),
          status: 'succeeded' as const,
          capturedMinor: 10_000,
          authorizedMinor: 10_000,
        }),
      }),
    });
    await late.deliver(bench.event('payment_intent.succeeded', intentObject(payment)));
    expect(await stateOf(payment)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
    expect((await eventsOf(payment)).map(({ type }) => type)).toContain('payment.late_success.v1');
  });

  it('lets a late success end again, and leaves its order to the payment that has it by now', async () => {
    const orderReference = randomUUID();
    const order = { amount: 100, currency: 'usd', orderReference };
    const payment = (await bench.call('createPayment', order)).body;
    await bench.call('cancelPayment', { id: payment.id });
    const next = (await bench.call('createPayment', order)).body;
    const seen = (status: 'authorized' | 'canceled', heldMinor: number) =>
      bench.with({
        provider: (inner) => ({
          ...inner,
          retrieve: async (ref, call) => ({
            ...(await inner.retrieve(ref, call)),
            status,
            authorizedMinor: heldMinor,
            capturableMinor: heldMinor,
          }),
        }),
      });
    const event = () => bench.event('payment_intent.canceled', intentObject(payment));
    await seen('authorized', 10_000).deliver(event());
    expect((await stateOf(payment)).status).toBe('authorized');
    expect(await seen('canceled', 0).deliver(event())).toMatchObject({ outcome: 'processed' });
    expect((await stateOf(payment)).status).toBe('canceled');
    expect(await bench.call('createPayment', order)).toMatchObject({
      status: 409,
      body: { paymentId: next.id },
    });
  });
});

describe('verification', () => {
  const payload = (more: object = {}) =>
    JSON.stringify({
      id: `evt_${randomUUID()}`,
      object: 'event',
      type: 'x.y',
      livemode: false,
      data: {},
      ...more,
    });
  const signed = (body: string, options: { secret?: string; ageSeconds?: number } = {}) =>
    Stripe.webhooks.generateTestHeaderString({
      payload: body,
      secret: options.secret ?? WEBHOOK_SECRET,
      timestamp: Math.floor(Date.now() / 1000) - (options.ageSeconds ?? 0),
    });

  it.each([
    ['a blank header', () => '  '],
    ['nonsense', () => 'xxx'],
    ['another secret', (body: string) => signed(body, { secret: 'whsec_other' })],
    ['a ten minute old timestamp', (body: string) => signed(body, { ageSeconds: 600 })],
    ['a timestamp ten minutes ahead', (body: string) => signed(body, { ageSeconds: -600 })],
    ['an altered byte', (body: string) => signed(`${body} `)],
    ['only an old scheme', (body: string) => signed(body).replace('v1=', 'v0=')],
  ])('refuses %s before it looks at anything', async (_name, header) => {
    await bench.mark();
    const body = payload();
    await expect(bench.deliver(body, header(body))).rejects.toMatchObject({
      status: 400,
      code: 'invalid-signature',
    });
    // Nothing is read; one notice per minute may be written.
    expect(bench.databaseCalls()).toBeLessThanOrEqual(1);
  });

  it('takes any of several secrets, and several signatures in one header', async () => {
    const rotating = bench.with({
      config: {
        stripe: { ...bench.services.config.stripe, webhookSecret: ['whsec_new', WEBHOOK_SECRET] },
      },
    });
    for (const secret of ['whsec_new', WEBHOOK_SECRET]) {
      const body = payload();
      expect(await rotating.deliver(body, signed(body, { secret }))).toMatchObject({ outcome: 'ignored' });
    }
    const body = payload();
    const both = `${signed(body, { secret: 'whsec_gone' })},${signed(body).split(',')[1]}`;
    expect(await bench.deliver(body, both)).toMatchObject({ outcome: 'ignored' });
  });

  it.each([
    ['a thin event', payload({ object: 'v2.core.event' })],
    ['the wrong mode', payload({ livemode: true })],
    ['an event of a connected account', payload({ account: 'acct_connected' })],
    ['an account that is no text', payload({ account: {} })],
    ['no event', '{"foo":1}'],
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['an id that fits no key', payload({ id: `evt_${'x'.repeat(252)}` })],
    ['an id that no call could name', payload({ id: 'evt 1#2' })],
    ['a type without end', payload({ type: 'x'.repeat(256) })],
  ])('refuses %s although it is signed', async (_name, body) => {
    await expect(bench.deliver(body)).rejects.toMatchObject({ status: 400, code: 'webhook-unusable' });
  });

  it('looks for no object whose id fits no key', async () => {
    const object = { id: 'x'.repeat(3_000), object: 'customer' };
    const body = payload({ type: 'customer.updated', data: { object } });
    expect(await bench.deliver(body)).toMatchObject({ outcome: 'ignored' });
  });

  it('takes events of the account that is ours, and of no other', async () => {
    const named = bench.with({
      config: { stripe: { ...bench.services.config.stripe, accountId: 'acct_ours' } },
    });
    expect(await named.deliver(payload({ account: 'acct_ours' }))).toMatchObject({ outcome: 'ignored' });
    expect(await named.deliver(payload())).toMatchObject({ outcome: 'ignored' });
    const other = payload({ account: 'acct_other' });
    await expect(named.deliver(other)).rejects.toMatchObject({ code: 'webhook-unusable' });
  });

  it('is the same for the GraphQL operation', async () => {
    const payment = await paid();
    const body = bench.event('payment_intent.succeeded', intentObject(payment));
    const bad = await bench.call('handlePaymentWebhook', {
      provider: 'stripe',
      payload: body,
      signature: 'xxx',
    });
    expect(bad).toMatchObject({ status: 400, body: { code: 'invalid-signature' } });
    const input = { provider: 'stripe', payload: body, signature: signed(body) };
    expect((await bench.call('handlePaymentWebhook', input)).body).toMatchObject({ outcome: 'processed' });
    expect((await stateOf(payment)).status).toBe('succeeded');
  });
});
