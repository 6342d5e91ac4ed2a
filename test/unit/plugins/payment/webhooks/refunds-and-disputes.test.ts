import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type Bench, startBench } from '../bench.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

describe('events of Stripe about money that goes back', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench?.stop());

  const total = { amount: 100, currency: 'usd' };
  const pay = async () =>
    (await bench.call('createPayment', { ...total, confirm: true, paymentMethodId: 'pm_card_visa' })).body;
  const get = async ({ id }: PaymentView) => (await bench.call('getPayment', { id })).body;
  const refundElsewhere = async (payment: PaymentView, amountMinor: number) =>
    (await (
      await fetch(`${bench.services.config.stripe?.apiBase}/v1/refunds`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${bench.services.config.stripe?.secretKey}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({
          payment_intent: payment.providerRef ?? '',
          amount: String(amountMinor),
        }),
      })
    ).json()) as { id: string };
  const refundEvent = (payment: PaymentView, id: string) =>
    bench.event('refund.created', { id, object: 'refund', payment_intent: payment.providerRef });

  it('take over a refund that was made elsewhere, once, and cost one look', async () => {
    const payment = await pay();
    const refund = await refundElsewhere(payment, 3000);
    await bench.mark();
    const event = refundEvent(payment, refund.id);
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect((await bench.requests()).map(({ method }) => method)).toEqual(['GET']);
    expect(await get(payment)).toMatchObject({ refundedMinor: 3000, refundStatus: 'partial', flags: [] });
    await bench.mark();
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    expect(bench.databaseCalls()).toBe(2);
    expect(await bench.requests()).toEqual([]);
    expect(await bench.deliver(refundEvent(payment, refund.id))).toMatchObject({ outcome: 'processed' });
    expect(await get(payment)).toMatchObject({ refundedMinor: 3000 });
  });

  it('come before anybody heard that the money was taken, and still fit', async () => {
    const { body: payment } = await bench.call('createPayment', total);
    await bench.confirm(payment.clientSecret ?? '');
    const refund = await refundElsewhere(payment, 10_000);
    await bench.deliver(refundEvent(payment, refund.id));
    expect(await get(payment)).toMatchObject({
      status: 'succeeded',
      refundStatus: 'full',
      refundableMinor: 0,
      flags: [],
    });
  });

  it('take over a dispute, whose event is known again without asking anybody', async () => {
    const payment = await pay();
    const dispute = (await bench.control('POST', '/disputes', {
      ref: payment.providerRef,
      reason: 'fraudulent',
      amount: 4000,
    })) as unknown as { id: string };
    const event = bench.event('charge.dispute.created', { id: dispute.id, object: 'dispute' });
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect((await get(payment)).disputeStatus).toBe('open');
    await bench.mark();
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
    expect(bench.databaseCalls()).toBe(1);
    expect(await bench.requests()).toEqual([]);
    await bench.control('POST', `/disputes/${dispute.id}/close`, { outcome: 'lost' });
    await bench.deliver(bench.event('charge.dispute.closed', { id: dispute.id, object: 'dispute' }));
    expect(await get(payment)).toMatchObject({ disputeStatus: 'lost', refundableMinor: 6000 });
  });

  it('about payments of somebody else are ignored', async () => {
    const event = bench.event('refund.created', { id: 're_1', payment_intent: 'pi_foreign' });
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'ignored' });
    expect(await bench.deliver(event)).toMatchObject({ outcome: 'duplicate' });
  });
});

describe('events of PayPal about money that goes back', () => {
  let bench: PayPalBench;
  beforeAll(async () => {
    bench = await startPayPalBench();
  });
  afterAll(() => bench?.stop());

  const paid = async () => {
    const payment = await bench.create();
    await bench.approve(payment);
    await bench.call('verifyPayment', { id: payment.id });
    const [item] = await bench.items(payment.id, 'PAY');
    const { captures } = item as unknown as { captures: { ref: string }[] };
    return { payment, captureRef: captures[0]?.ref ?? '' };
  };
  const event = (type: string, resource: object) =>
    JSON.stringify({ id: `WH-${randomUUID()}`, event_type: type, resource });

  it('find the payment by its capture', async () => {
    const { payment, captureRef } = await paid();
    const { body: refund } = await bench.call<{ id: string }>('createRefund', { id: payment.id, amount: 30 });
    expect(refund.id).toMatch(/^rf_/);
    const links = [{ rel: 'up', href: `https://api.paypal.com/v2/payments/captures/${captureRef}` }];
    const delivery = event('PAYMENT.CAPTURE.REFUNDED', { id: 'R1', links });
    expect(await bench.deliver(delivery)).toMatchObject({ outcome: 'processed' });
    expect(await bench.deliver(delivery)).toMatchObject({ outcome: 'duplicate' });
    expect(await bench.stateOf(payment)).toMatchObject({ refundedMinor: 3000, flags: [] });
    const foreign = [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/OTHER' }];
    expect(
      await bench.deliver(event('PAYMENT.CAPTURE.REFUNDED', { id: 'R2', links: foreign })),
    ).toMatchObject({ outcome: 'ignored' });
  });
});
