import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchDispute, syncDispute } from '../../../../../plugins/payment/disputes/sync-disputes.ts';
import type { Flow } from '../../../../../plugins/payment/services.ts';
import type { DisputeView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

const pay = async () =>
  (
    await bench.call('createPayment', {
      amount: 100,
      currency: 'usd',
      confirm: true,
      paymentMethodId: 'pm_card_visa',
    })
  ).body;
const get = async ({ id }: { id: string }) => (await bench.call('getPayment', { id })).body;
const open = async (payment: PaymentView, amount = 10_000) =>
  (await bench.control('POST', '/disputes', {
    ref: payment.providerRef,
    reason: 'fraudulent',
    amount,
  })) as unknown as { id: string };
const close = (id: string, outcome: 'won' | 'lost') =>
  bench.control('POST', `/disputes/${id}/close`, { outcome });

async function hear(payment: PaymentView, ref: string): Promise<void> {
  const flow: Flow = bench.flow('webhook');
  const stored = await bench.services.store.get(payment.id);
  if (stored === undefined) throw new Error('no payment');
  await syncDispute(flow, stored, await fetchDispute(flow, 'stripe', ref));
}
const disputesOf = async ({ id }: PaymentView) =>
  (await bench.call<{ disputes: DisputeView[] }>('listDisputes', { id })).body.disputes;
const told = async ({ id }: PaymentView) => {
  const items = (await bench.items(id, 'EVT#')) as unknown as { events: { type: string }[] }[];
  return items
    .flatMap(({ events }) => events.map(({ type }) => type))
    .filter((type) => type.startsWith('dispute'));
};

describe('disputes', () => {
  it('blocks refunds while one is open, and takes the money when it is lost', async () => {
    const payment = await pay();
    await bench.call('createRefund', { id: payment.id, amount: 40 });
    const { id } = await open(payment, 10_000);
    await hear(payment, id);
    await hear(payment, id);
    expect(await get(payment)).toMatchObject({ disputeStatus: 'open', refundableMinor: 6000 });
    expect(await bench.call('createRefund', { id: payment.id })).toMatchObject({
      status: 409,
      body: { code: 'refund-blocked-by-dispute' },
    });
    expect(await disputesOf(payment)).toMatchObject([
      { id, kind: 'dispute', status: 'open', reason: 'fraudulent', amountMinor: 10_000, refundBlocked: true },
    ]);
    await close(id, 'lost');
    await hear(payment, id);
    expect(await get(payment)).toMatchObject({
      status: 'succeeded',
      disputeStatus: 'lost',
      refundableMinor: 0,
      refundedMinor: 4000,
    });
    expect(await bench.services.store.get(payment.id)).toMatchObject({
      lostMinor: 6000,
      refundBlocked: false,
    });
    expect(await told(payment)).toEqual(['dispute.opened.v1', 'dispute.closed.v1']);
    expect(await bench.call('createRefund', { id: payment.id })).toMatchObject({ status: 422 });
  });

  it('lets refunds go on when it is won', async () => {
    const payment = await pay();
    const { id } = await open(payment);
    await hear(payment, id);
    await close(id, 'won');
    await hear(payment, id);
    expect(await get(payment)).toMatchObject({ disputeStatus: 'won', refundableMinor: 10_000 });
    expect((await bench.call('createRefund', { id: payment.id })).status).toBe(201);
  });

  it('tells opening and end at once when nobody heard of it before, whatever the tenant asks', async () => {
    const payment = await pay();
    const { id } = await open(payment);
    await close(id, 'lost');
    await hear(payment, id);
    expect(await told(payment)).toEqual(['dispute.opened.v1', 'dispute.closed.v1']);
    expect(await bench.call('listDisputes', { id: payment.id }, { tenant: 'other' })).toMatchObject({
      status: 404,
    });
  });
});
