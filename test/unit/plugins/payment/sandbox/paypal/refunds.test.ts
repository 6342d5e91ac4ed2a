import { CheckoutPaymentIntent } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { receiver } from '../support.ts';
import { failure, FULL, startSandbox } from './support.ts';

let endpoint: Awaited<ReturnType<typeof receiver>>;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
  endpoint = await receiver();
  sandbox = await startSandbox({ webhookUrl: endpoint.url });
});
afterAll(async () => {
  await sandbox.close();
  await endpoint.close();
});

let count = 0;
const key = () => `key-${(count += 1)}`;

/** A captured order, and what can be done with its capture. */
async function captured(value = '50.00', outcome?: string) {
  const { result: order } = await sandbox.orders.createOrder({
    body: {
      intent: CheckoutPaymentIntent.Capture,
      purchaseUnits: [{ customId: 'pay_1', amount: { currencyCode: 'EUR', value } }],
    },
  });
  const id = order.id ?? '';
  await sandbox.control('POST', `orders/${id}/approve`, outcome === undefined ? {} : { outcome });
  await sandbox.orders.captureOrder({ id, paypalRequestId: key() });
  const payments = async () => (await sandbox.orders.getOrder({ id })).result.purchaseUnits?.[0]?.payments;
  const captureId = (await payments())?.captures?.[0]?.id ?? '';
  const refund = (amount?: string, more: object = {}, paypalRequestId = key(), currencyCode = 'EUR') =>
    sandbox.payments.refundCapturedPayment({
      captureId,
      paypalRequestId,
      prefer: FULL,
      body: { ...(amount === undefined ? {} : { amount: { currencyCode, value: amount } }), ...more },
    });
  const status = async () => (await payments())?.captures?.[0]?.status as string;
  return { id, captureId, payments, refund, status };
}

interface Event {
  readonly event_type: string;
  readonly resource: {
    id: string;
    status: string;
    links: { rel: string; href: string }[];
    seller_payable_breakdown: { total_refunded_amount: { value: string } };
  };
}
const eventsOf = (refundId = '') =>
  endpoint.received
    .map(({ body }) => JSON.parse(body) as Event)
    .filter(({ resource }) => resource.id === refundId);

describe('a refund', () => {
  it('gives back a part, then the rest, and is shown by its order', async () => {
    const paid = await captured();
    const first = await paid.refund('20.00', { customId: 'rf_1', invoiceId: 'INV-R1', noteToPayer: 'Sorry' });
    expect(first).toMatchObject({
      statusCode: 201,
      result: {
        status: 'COMPLETED',
        amount: { currencyCode: 'EUR', value: '20.00' },
        customId: 'rf_1',
        invoiceId: 'INV-R1',
        noteToPayer: 'Sorry',
        sellerPayableBreakdown: { totalRefundedAmount: { value: '20.00' } },
      },
    });
    expect(await paid.status()).toBe('PARTIALLY_REFUNDED');
    expect(await failure(paid.refund('30.01'))).toMatchObject({
      status: 422,
      issue: 'REFUND_AMOUNT_EXCEEDED',
    });
    const rest = await paid.refund();
    expect(rest.result).toMatchObject({ amount: { value: '30.00' }, customId: 'pay_1' });
    expect(await paid.status()).toBe('REFUNDED');
    expect(await failure(paid.refund())).toMatchObject({ issue: 'CAPTURE_FULLY_REFUNDED' });
    expect((await paid.payments())?.refunds?.map(({ id }) => id)).toEqual([first.result.id, rest.result.id]);
    const found = await sandbox.payments.getRefund({ refundId: first.result.id ?? '' });
    expect(found.result).toMatchObject({ id: first.result.id, customId: 'rf_1' });

    await vi.waitFor(() => expect(eventsOf(rest.result.id)).toHaveLength(1));
    const [event] = eventsOf(rest.result.id);
    expect(event?.event_type).toBe('PAYMENT.CAPTURE.REFUNDED');
    expect(event?.resource.seller_payable_breakdown.total_refunded_amount.value).toBe('50.00');
    expect(event?.resource.links.find(({ rel }) => rel === 'up')?.href).toBe(
      `${sandbox.origin}/v2/payments/captures/${paid.captureId}`,
    );
  });

  it('is made once for one request id', async () => {
    const paid = await captured();
    const first = await paid.refund('20.00', {}, 'refund-once');
    const again = await paid.refund('20.00', {}, 'refund-once');
    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(again.result.id).toBe(first.result.id);
    expect((await paid.payments())?.refunds).toHaveLength(1);
    expect(await failure(paid.refund('10.00', {}, 'refund-once'))).toMatchObject({
      issue: 'PAYPAL_REQUEST_ID_PREVIOUSLY_USED',
    });
  });

  it('shows little by default', async () => {
    const { captureId } = await captured();
    const { result } = await sandbox.payments.refundCapturedPayment({ captureId, paypalRequestId: key() });
    expect(Object.keys(result).sort()).toEqual(['id', 'links', 'status']);
  });

  it('is refused in another currency, of what is pending or declined, and of nothing', async () => {
    const paid = await captured();
    expect(await failure(paid.refund('1.00', {}, key(), 'USD'))).toMatchObject({
      issue: 'REFUND_CAPTURE_CURRENCY_MISMATCH',
    });
    expect(await failure(paid.refund('0.00'))).toMatchObject({ issue: 'CANNOT_BE_ZERO_OR_NEGATIVE' });
    const [waiting, declined] = [
      await captured('9.00', 'review'),
      await captured('9.00', 'capture-declined'),
    ];
    expect(await failure(waiting.refund())).toMatchObject({ issue: 'PENDING_CAPTURE' });
    expect(await failure(declined.refund())).toMatchObject({ issue: 'REFUND_NOT_ALLOWED' });
    const nothing = sandbox.payments.refundCapturedPayment({ captureId: 'NOSUCH', paypalRequestId: key() });
    expect(await failure(nothing)).toMatchObject({ status: 404 });
    expect(await failure(sandbox.payments.getRefund({ refundId: 'NOSUCH' }))).toMatchObject({ status: 404 });
  });

  it('takes 180 days at most', async () => {
    const paid = await captured();
    await sandbox.control('POST', 'clock', { advance: '179d' });
    await paid.refund('1.00');
    await sandbox.control('POST', 'clock', { advance: '2d' });
    expect(await failure(paid.refund('1.00'))).toMatchObject({ issue: 'REFUND_TIME_LIMIT_EXCEEDED' });
  });
});

describe('a refund that takes its time', () => {
  it.each([
    ['20.03', 'COMPLETED', 'PARTIALLY_REFUNDED', 'PAYMENT.CAPTURE.REFUNDED'],
    ['20.04', 'FAILED', 'COMPLETED', 'PAYMENT.REFUND.FAILED'],
  ])('of %s is pending, then %s, and holds its amount meanwhile', async (amount, end, capture, type) => {
    const paid = await captured();
    const { result } = await paid.refund(amount);
    expect(result).toMatchObject({ status: 'PENDING', statusDetails: { reason: 'ECHECK' } });
    expect(await paid.status()).toBe('COMPLETED');
    expect(await failure(paid.refund('30.00'))).toMatchObject({ issue: 'REFUND_AMOUNT_EXCEEDED' });
    await sandbox.control('POST', 'clock', { advance: '2s' });
    const { result: later } = await sandbox.payments.getRefund({ refundId: result.id ?? '' });
    expect([later.status, await paid.status()]).toEqual([end, capture]);
    await vi.waitFor(() =>
      expect(eventsOf(result.id).map(({ event_type }) => event_type)).toEqual([
        'PAYMENT.REFUND.PENDING',
        type,
      ]),
    );
  });

  it.each([
    ['completed', 'COMPLETED'],
    ['failed', 'FAILED'],
    ['cancelled', 'CANCELLED'],
  ])('of 20.05 waits until a control says %s', async (result, status) => {
    const paid = await captured();
    const { result: made } = await paid.refund('20.05');
    await sandbox.control('POST', 'clock', { advance: '1d' });
    const settle = () => sandbox.control('POST', `refunds/${made.id}/settle`, { result });
    expect((await settle()).body).toMatchObject({ status });
    expect((await settle()).status).toBe(400);
  });

  it('of 20.06 fails at once', async () => {
    const paid = await captured();
    expect((await paid.refund('20.06')).result.status).toBe('FAILED');
    expect(await paid.status()).toBe('COMPLETED');
    expect((await paid.refund()).result.amount?.value).toBe('50.00');
  });
});

describe('controls', () => {
  it('refund as the merchant does on PayPal’s site', async () => {
    const paid = await captured();
    const { body } = await sandbox.control('POST', `captures/${paid.captureId}/refund`, { amount: '5' });
    expect(body).toMatchObject({ status: 'COMPLETED', custom_id: 'pay_1', amount: { value: '5.00' } });
    expect((await paid.payments())?.refunds).toHaveLength(1);
  });

  it('reverse as PayPal does, and the order lists no refund', async () => {
    const paid = await captured();
    const { body } = await sandbox.control('POST', `captures/${paid.captureId}/reverse`, { amount: '20.00' });
    expect(await paid.status()).toBe('PARTIALLY_REFUNDED');
    await sandbox.control('POST', `captures/${paid.captureId}/reverse`);
    expect(await paid.status()).toBe('REFUNDED');
    expect((await paid.payments())?.refunds).toBeUndefined();
    const id = (body as unknown as { id: string }).id;
    expect((await sandbox.payments.getRefund({ refundId: id })).result.amount?.value).toBe('20.00');
    await vi.waitFor(() =>
      expect(eventsOf(id).map(({ event_type }) => event_type)).toEqual(['PAYMENT.CAPTURE.REVERSED']),
    );
  });

  it.each([
    ['captures/NOSUCH/reverse', {}, 404],
    ['captures/NOSUCH/refund', {}, 404],
    ['refunds/NOSUCH/settle', { result: 'failed' }, 404],
    ['refunds/NOSUCH/settle', { result: 'perhaps' }, 400],
    ['captures/ID/reverse', { amount: '50.01' }, 400],
    ['captures/ID/reverse', { amount: '0.00' }, 400],
    ['captures/ID/refund', { amount: 5 }, 400],
  ])('%s with %j is a %d', async (path, body, status) => {
    const { captureId } = await captured();
    const got = await sandbox.control('POST', path.replace('ID', captureId), body);
    expect(got.status).toBe(status);
    expect(got.body.error?.message).not.toBe('');
  });
});
