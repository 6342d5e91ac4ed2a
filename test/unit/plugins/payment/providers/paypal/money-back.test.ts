import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type RawDispute,
  toDisputeSnapshot,
} from '../../../../../../plugins/payment/providers/paypal/dispute-mapping.ts';
import { toRefundSnapshot } from '../../../../../../plugins/payment/providers/paypal/refund-mapping.ts';
import { toSaleSnapshot } from '../../../../../../plugins/payment/providers/paypal/sales.ts';

const SAMPLES = new URL('../../../../../../../shared/samples/paypal/', import.meta.url);
const unknown = expect.objectContaining({ details: expect.objectContaining({ class: 'unknown' }) });

describe('a refund', () => {
  const refund = (more: object = {}): Parameters<typeof toRefundSnapshot>[0] => ({
    id: 'REF1',
    amount: { currencyCode: 'USD', value: '5.00' },
    links: [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/CAP1' }],
    ...more,
  });

  it.each([
    ['PENDING', 'pending', undefined],
    ['COMPLETED', 'succeeded', undefined],
    ['FAILED', 'failed', 'refund_failed'],
    ['CANCELLED', 'canceled', 'refund_cancelled'],
    ['SOMETHING_NEW', undefined, undefined],
  ])('%s is %s', (status, expected, failureCode) => {
    const snapshot = toRefundSnapshot(refund({ status, customId: 'rf_1-2' }));
    expect(snapshot).toMatchObject({ ref: 'REF1', amountMinor: 500, currency: 'usd', captureRef: 'CAP1' });
    expect([snapshot.status, snapshot.refundId, snapshot.failureCode]).toEqual([
      expected,
      'rf_1-2',
      failureCode,
    ]);
  });

  it('made elsewhere carries no id of ours, although it may carry that of the payment', () => {
    expect(toRefundSnapshot(refund({ status: 'COMPLETED', customId: 'pay_1' })).refundId).toBeUndefined();
    expect(toRefundSnapshot(refund({ status: 'COMPLETED' })).refundId).toBeUndefined();
  });

  it.each([
    ['HUF', '500', 50_000],
    ['TWD', '500.00', 50_000],
    ['JPY', '500', 500],
  ])('in %s of %s is %i minor units', (currencyCode, value, amountMinor) => {
    expect(toRefundSnapshot(refund({ amount: { currencyCode, value } })).amountMinor).toBe(amountMinor);
  });

  it('that does not say how much says nothing', () => {
    expect(() => toRefundSnapshot(refund({ amount: undefined }))).toThrow(unknown);
    expect(() => toRefundSnapshot(refund({ id: undefined }))).toThrow(unknown);
    expect(() => toRefundSnapshot(refund({ amount: { currencyCode: 'JPY', value: '1.5' } }))).toThrow(
      unknown,
    );
  });
});

describe('a dispute', () => {
  const dispute = (more: object): RawDispute => ({
    dispute_id: 'PP-D-1',
    dispute_amount: { currency_code: 'EUR', value: '25.99' },
    disputed_transactions: [{ seller_transaction_id: 'CAP1' }],
    reason: 'UNAUTHORISED',
    ...more,
  });
  const outcome = (code: string) => ({
    status: 'RESOLVED',
    dispute_life_cycle_stage: 'CHARGEBACK',
    dispute_outcome: { outcome_code: code },
  });

  it.each([
    [{ status: 'OPEN', dispute_life_cycle_stage: 'INQUIRY' }, 'inquiry', false],
    [{ status: 'WAITING_FOR_SELLER_RESPONSE', dispute_life_cycle_stage: 'INQUIRY' }, 'inquiry', false],
    [{ status: 'WAITING_FOR_BUYER_RESPONSE', dispute_life_cycle_stage: 'CHARGEBACK' }, 'open', true],
    [{ status: 'UNDER_REVIEW', dispute_life_cycle_stage: 'CHARGEBACK' }, 'under_review', true],
    [{ status: 'OTHER', dispute_life_cycle_stage: 'ARBITRATION' }, 'open', true],
    [{ status: 'SOMETHING_NEW', dispute_life_cycle_stage: 'CHARGEBACK' }, undefined, true],
    [outcome('RESOLVED_BUYER_FAVOUR'), 'lost', false],
    [outcome('ACCEPTED'), 'lost', false],
    [outcome('RESOLVED_SELLER_FAVOUR'), 'won', false],
    [outcome('RESOLVED_WITH_PAYOUT'), 'won', false],
    [outcome('CANCELED_BY_BUYER'), 'won', false],
    [outcome('DENIED'), 'won', false],
    [outcome('NONE'), 'closed', false],
    [{ status: 'RESOLVED' }, 'closed', false],
    [outcome('SOMETHING_NEW'), undefined, false],
  ])('%j is %s, and blocks refunds: %s', (more, status, blocksRefunds) => {
    const snapshot = toDisputeSnapshot(dispute(more), true);
    expect(snapshot).toMatchObject({
      ref: 'PP-D-1',
      amountMinor: 2599,
      currency: 'eur',
      captureRef: 'CAP1',
      livemode: true,
      reason: 'UNAUTHORISED',
      blocksRefunds,
    });
    expect(snapshot.status).toBe(status);
  });

  it('without amount says nothing', () => {
    expect(() => toDisputeSnapshot({ dispute_id: 'PP-D-1' }, false)).toThrow(unknown);
    expect(() => toDisputeSnapshot({}, false)).toThrow(unknown);
  });

  // The samples are no part of the repository: without them beside it, these are reported as skipped.
  it.skipIf(!existsSync(SAMPLES)).each([
    ['CREATED', { status: 'inquiry', dueBy: '2026-11-01T10:59:00Z', blocksRefunds: false }],
    ['UPDATED', { status: 'under_review', blocksRefunds: true }],
    ['RESOLVED.won', { status: 'won', blocksRefunds: false }],
    ['RESOLVED.lost', { status: 'lost', blocksRefunds: false }],
  ])('of the sample %s is read', (name, expected) => {
    const text = readFileSync(new URL(`CUSTOMER.DISPUTE.${name}.json`, SAMPLES), 'utf8');
    const { resource } = JSON.parse(text) as { resource: RawDispute };
    expect(toDisputeSnapshot(resource, false)).toMatchObject({
      captureRef: '2GG279541U471931P',
      amountMinor: 2599,
      ...expected,
    });
  });
});

describe('a sale', () => {
  it.each([
    ['COMPLETED', 'succeeded', 1900],
    ['PARTIALLY_REFUNDED', 'succeeded', 1900],
    ['REFUNDED', 'succeeded', 1900],
    ['PENDING', 'processing', 0],
    ['DENIED', 'failed', 0],
    ['DECLINED', 'failed', 0],
    ['SOMETHING_NEW', undefined, 0],
  ])('%s is a payment that is %s', (status, expected, capturedMinor) => {
    const snapshot = toSaleSnapshot({ id: 'SALE1', status, amountMinor: 1900, currency: 'eur' }, false);
    expect(snapshot).toMatchObject({
      ref: 'sale:SALE1',
      amountMinor: 1900,
      capturedMinor,
      captures: capturedMinor > 0 ? [{ ref: 'SALE1', amountMinor: 1900 }] : [],
    });
    expect(snapshot.status).toBe(expected);
    // Nothing is said of refunds: an empty list would be a proof that there are none.
    expect(snapshot.refunds).toBeUndefined();
  });
});
