import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerView, MethodView } from '../../../../../plugins/payment/customers/customer-schema.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

let bench: PayPalBench;
beforeAll(async () => {
  bench = await startPayPalBench();
});
afterAll(() => bench?.stop());

const returnUrl = 'https://shop.example/back';
const customer = async () => (await bench.call<CustomerView>('createCustomer', {})).body;
const attach = (id: string, more: object, key?: string) =>
  bench.call<MethodView>('attachPaymentMethod', { id, ...more }, key === undefined ? {} : { key });
const approve = ({ providerRef }: MethodView) =>
  bench.control(`/setup-tokens/${providerRef}/approve`, 'POST', {});
const methodsOf = async (id: string) =>
  (await bench.call<{ paymentMethods: MethodView[] }>('listPaymentMethods', { id })).body.paymentMethods;

describe("saving a payer's PayPal account", () => {
  it('sends the payer to PayPal first, then keeps what was approved under the same id', async () => {
    const { id, providerRef } = await customer();
    expect(providerRef).toBeNull();
    const asked = await attach(id, { returnUrl, default: true });
    expect(asked).toMatchObject({ status: 201, body: { status: 'requires_action', default: false } });
    expect(asked.body.nextAction?.url).toMatch(/^http/);
    await approve(asked.body);
    const done = await attach(id, { paymentMethodId: asked.body.id });
    expect(done).toMatchObject({ status: 201, body: { id: asked.body.id, status: 'active', default: true } });
    expect(done.body.providerRef).not.toBe(asked.body.providerRef);
    const known = await bench.call<CustomerView>('getCustomer', { id });
    expect(known.body.providerRef).not.toBeNull();
    expect(await methodsOf(id)).toHaveLength(1);
  });

  it("takes PayPal's own name of what was approved", async () => {
    const { id } = await customer();
    const { body: asked } = await attach(id, { returnUrl });
    await approve(asked);
    const done = await attach(id, { paymentMethodId: asked.providerRef });
    expect(done.body).toMatchObject({ id: asked.id, status: 'active' });
  });

  it('goes on waiting when the payer has not approved yet', async () => {
    const { id } = await customer();
    const { body: asked } = await attach(id, { returnUrl });
    expect((await attach(id, { paymentMethodId: asked.id })).body).toMatchObject({
      code: 'provider-rejected',
    });
    await approve(asked);
    expect((await attach(id, { paymentMethodId: asked.id })).body).toMatchObject({ status: 'active' });
  });

  it('shows where to approve on a replay and on every read, as long as it is to be approved', async () => {
    const { id } = await customer();
    const key = `key-${randomUUID()}`;
    const first = await attach(id, { returnUrl }, key);
    const again = await attach(id, { returnUrl }, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers['Idempotent-Replayed']).toBe('true');
    const { nextAction } = first.body;
    expect(nextAction).toEqual({ type: 'redirect', url: expect.stringMatching(/^http/) });
    expect(await methodsOf(id)).toMatchObject([{ id: first.body.id, nextAction }]);
    expect(JSON.stringify(bench.logs)).not.toContain(nextAction?.url);
    await approve(first.body);
    const { body } = await attach(id, { paymentMethodId: first.body.id });
    expect(body).not.toHaveProperty('nextAction');
  });

  it('is detached once', async () => {
    const { id } = await customer();
    const { body: asked } = await attach(id, { returnUrl });
    await approve(asked);
    const { body: method } = await attach(id, { paymentMethodId: asked.id });
    const input = { id, paymentMethodId: method.id };
    const first = await bench.call<MethodView>('detachPaymentMethod', input);
    expect(first.body.status).toBe('detached');
    expect((await bench.call<MethodView>('detachPaymentMethod', input)).body).toEqual(first.body);
    const event = {
      id: `WH-${randomUUID()}`,
      event_type: 'VAULT.PAYMENT-TOKEN.DELETED',
      resource: { id: method.providerRef },
    };
    await bench.deliver(JSON.stringify(event));
    expect(await methodsOf(id)).toEqual([]);
  });

  it('is taken away here when the payer takes it away at PayPal', async () => {
    const { id } = await customer();
    const { body: asked } = await attach(id, { returnUrl });
    await approve(asked);
    const { body: method } = await attach(id, { paymentMethodId: asked.id, default: true });
    await bench.control(`/payment-tokens/${method.providerRef}/delete`, 'POST', {});
    const event = {
      id: `WH-${randomUUID()}`,
      event_type: 'VAULT.PAYMENT-TOKEN.DELETED',
      resource: { id: method.providerRef },
    };
    expect((await bench.deliver(JSON.stringify(event))).outcome).toBe('processed');
    expect(await methodsOf(id)).toEqual([]);
  });
});
