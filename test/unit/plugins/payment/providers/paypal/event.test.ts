import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createId } from '../../../../../../plugins/payment/engine/model/ids.ts';
import {
  readPayPalEvent,
  toProviderEvent,
} from '../../../../../../plugins/payment/providers/paypal/event.ts';

const SAMPLES = new URL('../../../../../../../shared/samples/paypal/', import.meta.url);
const link = (rel: string, path: string) => ({ rel, href: `https://api.paypal.com${path}` });
const subject = (type: string, resource: unknown) => {
  const { id, type: same, ...rest } = toProviderEvent({ id: 'WH-1', event_type: type, resource }) ?? {};
  expect([id, same]).toEqual(['WH-1', type]);
  return rest;
};

const paymentId = createId('pay', Date.now());
const up = link('up', '/v2/payments/captures/CAP1');
const sale = link('sale', '/v1/payments/sale/SALE1');
const related = { supplementary_data: { related_ids: { order_id: 'ORDER1' } } };

const CASES: readonly (readonly [string, unknown, object])[] = [
  [
    'CHECKOUT.ORDER.APPROVED',
    { id: 'ORDER1', purchase_units: [{ custom_id: paymentId }] },
    { kind: 'payment', ref: 'ORDER1', paymentId },
  ],
  ['CHECKOUT.PAYMENT-APPROVAL.REVERSED', { order_id: 'ORDER1' }, { kind: 'payment', ref: 'ORDER1' }],
  ['PAYMENT.CAPTURE.COMPLETED', { id: 'CAP1', ...related }, { kind: 'payment', ref: 'ORDER1' }],
  ['PAYMENT.CAPTURE.DENIED', { id: 'CAP1', custom_id: 'x' }, { kind: 'payment', paymentId: 'x' }],
  ['PAYMENT.CAPTURE.COMPLETED', { id: 'CAP1' }, { kind: 'ignored', ref: 'CAP1' }],
  [
    'PAYMENT.CAPTURE.REFUNDED',
    { id: 'REF1', custom_id: 'rf_1', invoice_id: paymentId, links: [up], ...related },
    { kind: 'refund', ref: 'ORDER1', refundRef: 'REF1', captureRef: 'CAP1', paymentId },
  ],
  // Some events of refunds show the capture, which is no refund.
  [
    'PAYMENT.CAPTURE.REFUNDED',
    { id: 'CAP1', links: [link('self', '/v2/payments/captures/CAP1')] },
    { kind: 'refund', captureRef: 'CAP1' },
  ],
  [
    'PAYMENT.REFUND.FAILED',
    { id: 'REF1', links: [up] },
    { kind: 'refund', refundRef: 'REF1', captureRef: 'CAP1' },
  ],
  ['PAYMENT.CAPTURE.REFUNDED', { id: 'REF1', links: 'none' }, { kind: 'ignored', ref: 'REF1' }],
  [
    'PAYMENT.CAPTURE.REVERSED',
    { id: 'REF1', links: [null, up] },
    { kind: 'reversal', refundRef: 'REF1', captureRef: 'CAP1' },
  ],
  [
    'PAYMENT.CAPTURE.REVERSED',
    { id: 'CAP1', links: [link('self', '/v2/payments/captures/CAP1')] },
    { kind: 'refund', captureRef: 'CAP1' },
  ],
  ['CUSTOMER.DISPUTE.CREATED', { dispute_id: 'PP-D-1' }, { kind: 'dispute', ref: 'PP-D-1' }],
  ['CUSTOMER.DISPUTE.CREATED', { dispute_id: '../../x' }, { kind: 'ignored' }],
  [
    'BILLING.SUBSCRIPTION.CANCELLED',
    { id: 'I-1', custom_id: 'sub_1' },
    { kind: 'subscription', ref: 'I-1', subscriptionId: 'sub_1' },
  ],
  ['BILLING.PLAN.CREATED', { id: 'P-1' }, { kind: 'ignored', ref: 'P-1' }],
  [
    'PAYMENT.SALE.COMPLETED',
    { id: 'SALE1', billing_agreement_id: 'I-1' },
    { kind: 'renewal', ref: 'sale:SALE1', subscriptionRef: 'I-1' },
  ],
  [
    'PAYMENT.SALE.REFUNDED',
    { id: 'REF1', sale_id: 'SALE1' },
    { kind: 'refund', ref: 'sale:SALE1', refundRef: 'REF1', captureRef: 'SALE1' },
  ],
  [
    'PAYMENT.SALE.REVERSED',
    { id: 'REF1', links: [sale] },
    { kind: 'reversal', refundRef: 'REF1', captureRef: 'SALE1' },
  ],
  ['PAYMENT.SALE.REVERSED', { id: 'SALE1' }, { kind: 'refund', ref: 'sale:SALE1', captureRef: 'SALE1' }],
  [
    'VAULT.PAYMENT-TOKEN.DELETED',
    { id: 'T1', customer: { id: 'C1' } },
    { kind: 'payment_method', ref: 'T1', customerRef: 'C1' },
  ],
  ['SOMETHING.NEW', { id: 'X' }, { kind: 'ignored', ref: 'X' }],
  ['PAYMENT.SALE.COMPLETED', null, { kind: 'ignored' }],
  ['PAYMENT.SALE.COMPLETED', { id: 7 }, { kind: 'ignored' }],
];

describe('an event of PayPal', () => {
  it.each(CASES)('%s of %j leads to %j', (type, resource, expected) => {
    expect(subject(type, resource)).toEqual(expected);
  });

  it('is only what has an id and a type', () => {
    for (const raw of [
      null,
      'x',
      [],
      {},
      { id: 'WH-1' },
      { id: '', event_type: 'X' },
      { id: 1, event_type: 'X' },
    ])
      expect(toProviderEvent(raw)).toBeUndefined();
    expect(() => readPayPalEvent(Buffer.from('{"id":"WH-1"}'))).toThrow(/not an event/);
  });

  const samples: readonly (readonly [string, object])[] = [
    ['CHECKOUT.ORDER.APPROVED', { kind: 'payment', ref: '5O190127TN364715T', paymentId: 'order-1001' }],
    ['CHECKOUT.PAYMENT-APPROVAL.REVERSED', { kind: 'payment' }],
    ['PAYMENT.AUTHORIZATION.CREATED', { kind: 'payment', ref: '5O190127TN364715T' }],
    ['PAYMENT.CAPTURE.DECLINED', { kind: 'payment' }],
    [
      'PAYMENT.CAPTURE.REFUNDED',
      { kind: 'refund', refundRef: '1JU08902781691411', captureRef: '2GG279541U471931P' },
    ],
    [
      'PAYMENT.CAPTURE.REVERSED',
      { kind: 'reversal', refundRef: '1JU08902781691411', captureRef: '2GG279541U471931P' },
    ],
    ['CUSTOMER.DISPUTE.RESOLVED.lost', { kind: 'dispute', ref: 'PP-D-12345' }],
    ['BILLING.SUBSCRIPTION.PAYMENT.FAILED', { kind: 'subscription', ref: 'I-BW452GLLEP1G' }],
    [
      'PAYMENT.SALE.COMPLETED',
      { kind: 'renewal', ref: 'sale:4HB07586D8186451V', subscriptionRef: 'I-BW452GLLEP1G' },
    ],
    ['PAYMENT.SALE.REFUNDED', { kind: 'refund', ref: 'sale:4HB07586D8186451V' }],
    [
      'VAULT.PAYMENT-TOKEN.CREATED',
      { kind: 'payment_method', ref: '8kk8451t', customerRef: 'customer_4029352050' },
    ],
  ];
  // The samples are no part of the repository: without them beside it, these are reported as skipped.
  it.skipIf(!existsSync(SAMPLES)).each(samples)('the sample %s is read', (name, expected) => {
    expect(readPayPalEvent(readFileSync(new URL(`${name}.json`, SAMPLES)))).toMatchObject(expected);
  });
});
