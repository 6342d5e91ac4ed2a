import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Stripe } from 'stripe';
import type { Received } from './support.ts';
import { NO_REDIRECTS, receiver, startSandbox, WEBHOOK_SECRET } from './support.ts';

const SECOND_SECRET = 'whsec_second';
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let endpoint: Awaited<ReturnType<typeof receiver>>;
let statuses: number[] = [];

beforeEach(async () => {
  statuses = [];
  endpoint = await receiver(() => statuses.shift() ?? 200);
  sandbox = await startSandbox({ webhookUrl: endpoint.url, webhookSecrets: [WEBHOOK_SECRET, SECOND_SECRET] });
});
afterEach(async () => {
  await sandbox.close();
  await endpoint.close();
});

const pay = () =>
  sandbox.stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_visa',
    automatic_payment_methods: NO_REDIRECTS,
  });
const PAY_TYPES = ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded'];
const types = () => endpoint.received.map(({ event }) => event.type);
const states = async () =>
  (await sandbox.control('GET', 'webhooks')).body.deliveries.map(({ state }) => state);
const settled = () =>
  vi.waitFor(async () => expect(new Set(await states())).toEqual(new Set(['delivered'])), 5000);
const verify = ({ body, signature }: Received, secret: string) =>
  Stripe.webhooks.constructEvent(body, signature, secret);

describe('sending', () => {
  it('delivers every event, signed for each secret, with the request that caused it', async () => {
    const intent = await pay();
    await settled();
    expect(types().sort()).toEqual([...PAY_TYPES].sort());
    for (const got of endpoint.received) {
      for (const secret of [WEBHOOK_SECRET, SECOND_SECRET]) expect(verify(got, secret).id).toBe(got.event.id);
      expect(() => verify(got, 'whsec_wrong')).toThrow(/signature/i);
      expect(got.event).toMatchObject({
        object: 'event',
        api_version: '2026-10-28.endive',
        pending_webhooks: 1,
      });
      expect(got.event.request).toEqual({
        id: intent.lastResponse.requestId,
        idempotency_key: intent.lastResponse.idempotencyKey ?? null,
      });
    }
    const done = endpoint.received.find(({ event }) => event.type === 'payment_intent.succeeded');
    expect(done?.event.data.object).toMatchObject({ id: intent.id, status: 'succeeded' });
    expect(await sandbox.stripe.events.retrieve(done?.event.id ?? '')).toMatchObject({ pending_webhooks: 0 });
  });

  it('tries again until it is taken, each time signed anew', async () => {
    statuses = [500, 503, 302];
    const { id } = await sandbox.stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    await settled();
    const { deliveries } = (await sandbox.control('GET', 'webhooks')).body;
    expect(deliveries).toMatchObject([
      { object: id, attempts: [{ status: 500 }, { status: 503 }, { status: 302 }, { status: 200 }] },
    ]);
    for (const got of endpoint.received)
      expect(verify(got, WEBHOOK_SECRET).id).toBe(endpoint.received[0]?.event.id);
  });

  it('keeps trying while nobody listens', async () => {
    await endpoint.close();
    await sandbox.stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    const attemptsBeyond = (count: number) =>
      vi.waitFor(async () => {
        const { deliveries } = (await sandbox.control('GET', 'webhooks')).body;
        expect(deliveries).toMatchObject([{ state: 'pending' }]);
        const attempts = deliveries[0]?.attempts ?? [];
        expect(attempts.length).toBeGreaterThan(count);
        for (const attempt of attempts) expect(attempt).toMatchObject({ error: 'ECONNREFUSED' });
        return attempts.length;
      }, 5000);
    await attemptsBeyond(await attemptsBeyond(2));
    endpoint = await receiver();
  });
});

it('sends what happens later by itself', async () => {
  await sandbox.stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_usBankAccount_success',
    automatic_payment_methods: NO_REDIRECTS,
  });
  await vi.waitFor(() => expect(types()).toContain('payment_intent.succeeded'), 10_000);
});

describe('modes', () => {
  const mode = (name: string, delayMs?: number) =>
    sandbox.control('POST', 'webhooks', { mode: name, ...(delayMs === undefined ? {} : { delayMs }) });

  it('hold keeps them until flush', async () => {
    await mode('hold');
    await pay();
    expect(await states()).toEqual(['held', 'held', 'held']);
    expect((await sandbox.control('POST', 'webhooks/flush')).body).toEqual({ flushed: 3 });
    await settled();
    expect(types()).toHaveLength(3);
  });

  it('drop loses them, resend finds them again', async () => {
    await mode('drop');
    await pay();
    expect(await states()).toEqual(['dropped', 'dropped', 'dropped']);
    const { deliveries } = (await sandbox.control('GET', 'webhooks')).body;
    await sandbox.control('POST', 'webhooks/resend', { id: deliveries[1]?.event });
    await sandbox.control('POST', 'webhooks/resend', { id: deliveries[2]?.id });
    await vi.waitFor(() => expect(types().sort()).toEqual(['charge.succeeded', 'payment_intent.succeeded']));
    expect((await sandbox.control('POST', 'webhooks/resend', { id: 'evt_no' })).status).toBe(404);
  });

  it('duplicate sends the same event twice', async () => {
    await mode('duplicate');
    await pay();
    await settled();
    const ids = endpoint.received.map(({ event }) => event.id);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(3);
  });

  it('reverse sends the newest first', async () => {
    await mode('reverse');
    await pay();
    await settled();
    expect(types()).toEqual([...PAY_TYPES].reverse());
  });

  it('tamper breaks the signature, and what is refused comes genuine later', async () => {
    statuses = Array.from({ length: 1000 }, () => 400);
    await mode('tamper', 0);
    await sandbox.stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    await vi.waitFor(() => expect(endpoint.received.length).toBeGreaterThan(0));
    const forged = endpoint.received[0] as Received;
    expect(forged.event.data.object).toMatchObject({ amount: 1 });
    expect(() => verify(forged, WEBHOOK_SECRET)).toThrow(/signature/i);
    await mode('auto');
    statuses = [];
    await settled();
    expect((await sandbox.control('GET', 'webhooks')).body.deliveries[0]?.attempts[0]).toMatchObject({
      tampered: true,
      status: 400,
    });
  });

  it('waits as long as delayMs says, and flush does not', async () => {
    await mode('auto', 600_000);
    await pay();
    expect(await states()).toEqual(['pending', 'pending', 'pending']);
    expect(endpoint.received).toHaveLength(0);
    await sandbox.control('POST', 'webhooks/flush');
    await settled();
    expect(types()).toHaveLength(3);
  });

  it('cannot resend without a URL', async () => {
    const silent = await startSandbox();
    await silent.stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    const { data } = await silent.stripe.events.list();
    const answer = await silent.control('POST', 'webhooks/resend', { id: data[0]?.id });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('webhook URL') } },
    });
    expect((await silent.control('GET', 'webhooks')).body.deliveries).toEqual([]);
    await silent.close();
  });
});
