import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RefundsAndDisputes } from '../../../../../plugins/payment/providers/refunds-and-disputes.ts';
import type { RefundView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

let bench: PayPalBench;
beforeAll(async () => {
  bench = await startPayPalBench();
});
afterAll(() => bench?.stop());

const withRefundsAndDisputes = (change: (inner: RefundsAndDisputes) => Partial<RefundsAndDisputes>) =>
  bench.with({
    provider: (inner) => ({
      ...inner,
      refundsAndDisputes: { ...inner.refundsAndDisputes, ...change(inner.refundsAndDisputes) },
    }),
  });

async function paid(): Promise<{ readonly payment: PaymentView; readonly captureRef: string }> {
  const payment = await bench.create();
  await bench.approve(payment);
  await bench.call('verifyPayment', { id: payment.id });
  const [item] = (await bench.items(payment.id, 'PAY')) as unknown as { captures: { ref: string }[] }[];
  return { payment, captureRef: item?.captures[0]?.ref ?? '' };
}
/** Something of a capture that PayPal does by itself; its id. */
const atPayPal = async (what: 'refund' | 'reverse', captureRef: string, amount: string) =>
  (await bench.control<{ id: string }>(`/captures/${captureRef}/${what}`, 'POST', { amount })).id;
const event = (type: string, id: string, captureRef: string) => {
  const links = [{ rel: 'up', href: `https://api.paypal.com/v2/payments/captures/${captureRef}` }];
  return JSON.stringify({ id: `WH-${randomUUID()}`, event_type: type, resource: { id, links } });
};
async function expectWhole({ id }: PaymentView, refundedMinor: number, lostMinor: number) {
  const [stored] = (await bench.items(id, 'PAY')) as unknown as Record<string, number>[];
  const refundableMinor = 10_000 - refundedMinor - lostMinor;
  expect(stored).toMatchObject({ refundedMinor, refundPendingMinor: 0, lostMinor, refundableMinor });
}

describe('what PayPal takes back', () => {
  it('is counted once when it was taken for a refund before', async () => {
    const { payment, captureRef } = await paid();
    const reversal = await atPayPal('reverse', captureRef, '40.00');
    const listing = withRefundsAndDisputes((inner) => ({
      listRefunds: async (_ref, call) => [await inner.retrieveRefund(reversal, call)],
    }));
    await listing.call('verifyPayment', { id: payment.id });
    await listing.deliver(event('PAYMENT.CAPTURE.REVERSED', reversal, captureRef));
    await expectWhole(payment, 0, 4000);
    await listing.call('verifyPayment', { id: payment.id });
    await expectWhole(payment, 0, 4000);
    const { body } = await bench.call<{ refunds: RefundView[] }>('listRefunds', { id: payment.id });
    expect(body.refunds).toMatchObject([{ status: 'canceled', refundedMinor: 0 }]);
  });

  it('is no refund of ours, whatever the webhook says', async () => {
    const { payment, captureRef } = await paid();
    const { body } = await bench.call<RefundView>('createRefund', { id: payment.id, amount: 40 });
    await bench.deliver(event('PAYMENT.CAPTURE.REVERSED', body.providerRefs[0] ?? '', captureRef));
    await expectWhole(payment, 4000, 0);
  });

  it('is no money of another payment, whatever the webhook says', async () => {
    const [{ payment, captureRef }, other] = [await paid(), await paid()];
    const reversal = await atPayPal('reverse', other.captureRef, '40.00');
    await bench.deliver(event('PAYMENT.CAPTURE.REVERSED', reversal, captureRef));
    await expectWhole(payment, 0, 0);
    await bench.deliver(event('PAYMENT.CAPTURE.REVERSED', reversal, other.captureRef));
    await expectWhole(other.payment, 0, 4000);
  });
});

describe('a refund that no list shows yet', () => {
  const late = () => withRefundsAndDisputes(() => ({ listRefunds: async () => [] }));

  it('is found by the webhook that names it', async () => {
    const { payment, captureRef } = await paid();
    const refund = await atPayPal('refund', captureRef, '40.00');
    await late().deliver(event('PAYMENT.CAPTURE.REFUNDED', refund, captureRef));
    await expectWhole(payment, 4000, 0);
    await bench.call('verifyPayment', { id: payment.id });
    await expectWhole(payment, 4000, 0);
  });

  it('is none of this payment when its capture is not', async () => {
    const [{ payment, captureRef }, other] = [await paid(), await paid()];
    const refund = await atPayPal('refund', other.captureRef, '40.00');
    await late().deliver(event('PAYMENT.CAPTURE.REFUNDED', refund, captureRef));
    await expectWhole(payment, 0, 0);
  });
});
