import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Json, eventually, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { type System, startSystem } from '../support/system.ts';

/** How soon an approval has become money: one webhook, one capture. */
const PAID_WITHIN_MS = 2_000;

let system: System;
let payments: ReturnType<typeof paymentsOf>;

beforeAll(async () => {
  system = await startSystem();
  payments = paymentsOf(system);
  // The first call of a function starts it, which is not what the tests below are about.
  const { body } = await create();
  await payments.approve(body.providerRef);
  await payments.status(body.id, 'succeeded', 10_000);
});
afterAll(() => system?.stop());
afterEach(async () => {
  await payments.paypal('DELETE', '/faults');
  await payments.paypal('POST', '/webhooks', { mode: 'auto' });
});

const create = (more: object = {}) =>
  payments.create({ amount: 50, currency: 'usd', provider: 'paypal', ...more });

/** How often the provider was asked to take or hold the money of an order. */
async function asked(providerRef: string, verb: 'capture' | 'authorize'): Promise<number> {
  const path = encodeURIComponent(`/orders/${providerRef}/${verb}`);
  return (await payments.paypal('GET', `/requests?method=POST&path=${path}&count=1`)).body.count;
}

/** Every delivery about an order, once none is on its way any more. */
const delivered = (providerRef: string, type: string) =>
  eventually(
    async () => {
      const { deliveries } = (await payments.paypal('GET', '/webhooks')).body;
      return deliveries.filter(
        (one: Json) => one.type === type && JSON.stringify(one).includes(providerRef),
      ) as Json[];
    },
    (all) => all.length > 0 && all.every(({ state }) => state === 'delivered'),
  );

async function expectToldOnce(id: string): Promise<void> {
  const told = await eventually(
    () => payments.events('payment.succeeded.v1', id),
    (events) => events.length > 0,
  );
  expect(told).toHaveLength(1);
  const receipts = await eventually(
    () => request(system.url, 'GET', '/simple/receipts'),
    (answer) => JSON.stringify(answer.body).includes(id),
  );
  const ours = receipts.body.receipts.filter((receipt: Json) => JSON.stringify(receipt).includes(id));
  expect(ours).toHaveLength(1);
}

describe('a payment through PayPal', () => {
  it('is paid soon after its payer approved, and tells the world exactly once', async () => {
    const created = await create();
    expect(created).toMatchObject({
      status: 201,
      body: {
        provider: 'paypal',
        status: 'requires_action',
        amountMinor: 5_000,
        nextAction: { url: expect.stringContaining('http') },
      },
    });
    const { id, providerRef } = created.body;
    expect((await payments.approve(providerRef)).status).toBe(200);
    const paid = await payments.status(id, 'succeeded', PAID_WITHIN_MS);
    expect(paid.body).toMatchObject({ capturedMinor: 5_000, capturableMinor: 0 });
    expect(await asked(providerRef, 'capture')).toBe(1);
    await expectToldOnce(id);
  });

  it('is authorized on approval, captured in part, and the rest is released', async () => {
    const { body } = await create({ captureMethod: 'manual' });
    await payments.approve(body.providerRef);
    const held = await payments.status(body.id, 'authorized');
    expect(held.body).toMatchObject({ capturableMinor: 5_000, capturedMinor: 0 });
    const captured = await payments.api('POST', `/payments/${body.id}/capture`, { amount: 20 });
    expect(captured).toMatchObject({
      status: 200,
      body: { status: 'succeeded', capturedMinor: 2_000, capturableMinor: 0 },
    });
    const again = await payments.api('POST', `/payments/${body.id}/capture`, {});
    expect(again).toMatchObject({ status: 409, body: { code: 'invalid-state' } });
    await expectToldOnce(body.id);
  });

  it('that was canceled takes nothing, even when its payer approves later', async () => {
    const { body } = await create();
    const canceled = await payments.api('POST', `/payments/${body.id}/cancel`, {
      reason: 'requested_by_customer',
    });
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled' } });
    await payments.approve(body.providerRef);
    await delivered(body.providerRef, 'CHECKOUT.ORDER.APPROVED');
    expect((await payments.get(body.id)).body).toMatchObject({ status: 'canceled', capturedMinor: 0 });
    expect(await asked(body.providerRef, 'capture')).toBe(0);
  });

  it('that is held is given back by a cancel', async () => {
    const { body } = await create({ captureMethod: 'manual' });
    await payments.approve(body.providerRef);
    await payments.status(body.id, 'authorized');
    const canceled = await payments.api('POST', `/payments/${body.id}/cancel`);
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled', capturableMinor: 0 } });
  });

  it('whose instrument was declined asks its payer again, who pays another way', async () => {
    const { body } = await create();
    await payments.approve(body.providerRef, 'declined-once');
    await eventually(
      () => payments.events('payment.attempt_failed.v1', body.id),
      (events) => events.length === 1,
    );
    expect((await payments.get(body.id)).body).toMatchObject({
      status: 'requires_action',
      failure: { code: 'INSTRUMENT_DECLINED' },
    });
    await payments.approve(body.providerRef);
    await payments.status(body.id, 'succeeded');
    await expectToldOnce(body.id);
  });
});

describe("PayPal's webhooks", () => {
  it('that come twice have their effect once', async () => {
    await payments.paypal('POST', '/webhooks', { mode: 'duplicate' });
    const { body } = await create();
    await payments.approve(body.providerRef);
    await payments.status(body.id, 'succeeded');
    expect((await delivered(body.providerRef, 'CHECKOUT.ORDER.APPROVED')).length).toBeGreaterThan(1);
    expect((await payments.get(body.id)).body).toMatchObject({ status: 'succeeded', capturedMinor: 5_000 });
    await expectToldOnce(body.id);
    const log = (await payments.transactions(body.id)).body.transactions;
    expect(log.filter((entry: Json) => entry.to === 'succeeded' && entry.from !== 'succeeded')).toHaveLength(
      1,
    );
  });

  it.each([
    ['no headers', () => ({})],
    ["a stranger's signature", (body: string, certUrl: string) => signed(body, certUrl)],
    ["a stranger's certificate", (body: string) => signed(body, 'https://paypal.example/cert.pem')],
  ])('with %s are refused with 400 and change nothing', async (_name, headersFor) => {
    const { body } = await create();
    const { certUrl } = (await payments.paypal('GET', '/signing')).body;
    const event = JSON.stringify({
      id: `WH-${randomUUID()}`,
      event_type: 'CHECKOUT.ORDER.APPROVED',
      resource: { id: body.providerRef, purchase_units: [{ custom_id: body.id }] },
    });
    const answer = await request(system.url, 'POST', '/webhooks/paypal', {
      raw: event,
      headers: headersFor(event, certUrl),
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-signature' } });
    expect((await payments.get(body.id)).body.version).toBe(body.version);
  });
});

/** The five headers, with a signature by a key of our own. */
function signed(body: string, certUrl: string): Record<string, string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [id, time] = [randomUUID(), new Date().toISOString()];
  const message = Buffer.from(`${id}|${time}|WH-1|${crc32(body)}`);
  return {
    'paypal-auth-algo': 'SHA256withRSA',
    'paypal-cert-url': certUrl,
    'paypal-transmission-id': id,
    'paypal-transmission-time': time,
    'paypal-transmission-sig': sign('sha256', message, privateKey).toString('base64'),
  };
}
