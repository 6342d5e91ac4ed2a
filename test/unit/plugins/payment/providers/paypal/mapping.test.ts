import type { Order } from '@paypal/paypal-server-sdk';
import { describe, expect, it } from 'vitest';
import { toSnapshot, withCapture } from '../../../../../../plugins/payment/providers/paypal/mapping.ts';

const usd = (value: string) => ({ currencyCode: 'USD', value });
interface Given {
  readonly order?: string;
  readonly authorization?: string;
  readonly captures?: readonly (readonly [status: string, value: string, final?: boolean])[];
}
const orderOf = ({ order = 'COMPLETED', authorization, captures = [] }: Given): Order =>
  ({
    id: 'ORDER1',
    status: order,
    purchaseUnits: [
      {
        customId: 'pay_1',
        amount: usd('100.00'),
        payments: {
          ...(authorization !== undefined && {
            authorizations: [{ id: 'AUTH1', status: authorization, amount: usd('100.00') }],
          }),
          captures: captures.map(([status, value, finalCapture = false], index) => ({
            id: `CAP${index}`,
            status,
            amount: usd(value),
            finalCapture,
            statusDetails: { reason: 'ECHECK' },
          })),
        },
      },
    ],
    links: [{ rel: 'approve', href: 'https://www.paypal.com/checkoutnow?token=ORDER1' }],
  }) as unknown as Order;

const CASES: readonly (readonly [Given, string | undefined, readonly [number, number, number]])[] = [
  [{ order: 'CREATED' }, 'requires_action', [0, 0, 0]],
  [{ order: 'SAVED' }, 'requires_action', [0, 0, 0]],
  [{ order: 'PAYER_ACTION_REQUIRED' }, 'requires_action', [0, 0, 0]],
  [{ order: 'APPROVED' }, 'approved', [0, 0, 0]],
  [{ order: 'VOIDED' }, 'canceled', [0, 0, 0]],
  [{ order: 'COMPLETED' }, undefined, [0, 0, 0]],
  [{ order: 'SOMETHING_NEW' }, undefined, [0, 0, 0]],
  [{ captures: [['COMPLETED', '100.00', true]] }, 'succeeded', [10_000, 0, 10_000]],
  [{ captures: [['REFUNDED', '100.00', true]] }, 'succeeded', [10_000, 0, 10_000]],
  [{ captures: [['PARTIALLY_REFUNDED', '100.00', true]] }, 'succeeded', [10_000, 0, 10_000]],
  [{ captures: [['PENDING', '100.00', true]] }, 'processing', [0, 0, 0]],
  [{ captures: [['DECLINED', '100.00', true]] }, 'failed', [0, 0, 0]],
  [{ captures: [['DENIED', '100.00', true]] }, 'failed', [0, 0, 0]],
  [{ captures: [['FAILED', '100.00', true]] }, 'failed', [0, 0, 0]],
  [{ order: 'APPROVED', captures: [['DECLINED', '100.00', true]] }, 'approved', [0, 0, 0]],
  [{ authorization: 'CREATED' }, 'authorized', [10_000, 10_000, 0]],
  [{ authorization: 'PENDING' }, 'processing', [0, 0, 0]],
  [{ authorization: 'DENIED' }, 'failed', [0, 0, 0]],
  [{ authorization: 'VOIDED' }, 'canceled', [10_000, 0, 0]],
  [{ authorization: 'EXPIRED' }, 'canceled', [10_000, 0, 0]],
  [{ authorization: 'SOMETHING_NEW' }, undefined, [10_000, 0, 0]],
  [
    { authorization: 'PARTIALLY_CAPTURED', captures: [['COMPLETED', '40.00']] },
    'partially_captured',
    [10_000, 6000, 4000],
  ],
  [{ authorization: 'CAPTURED', captures: [['COMPLETED', '40.00', true]] }, 'succeeded', [10_000, 0, 4000]],
  [{ authorization: 'VOIDED', captures: [['COMPLETED', '40.00']] }, 'succeeded', [10_000, 0, 4000]],
  [{ authorization: 'CAPTURED', captures: [['PENDING', '100.00', true]] }, 'processing', [10_000, 0, 0]],
  // A declined capture was final for nobody: all can still be captured.
  [{ authorization: 'CREATED', captures: [['DECLINED', '100.00', true]] }, 'authorized', [10_000, 10_000, 0]],
];

describe('an order after a capture', () => {
  const captured = (value: string, final: boolean, status = 'COMPLETED') => {
    const capture = { id: 'CAP9', status, amount: usd(value) } as Parameters<typeof withCapture>[1];
    return toSnapshot(withCapture(orderOf({ authorization: 'CREATED' }), capture, final), false);
  };

  it.each([
    ['40.00', true, { status: 'succeeded', capturedMinor: 4000, capturableMinor: 0 }],
    ['40.00', false, { status: 'partially_captured', capturedMinor: 4000, capturableMinor: 6000 }],
    ['100.00', false, { status: 'succeeded', capturedMinor: 10_000, capturableMinor: 0 }],
  ])('of %s, final: %s, is %j', (value, final, expected) => {
    expect(captured(value, final)).toMatchObject({ ...expected, authorizedMinor: 10_000 });
  });

  it('that is still pending counts as spoken for, and one that was declined does not', () => {
    expect(captured('40.00', false, 'PENDING')).toMatchObject({ capturedMinor: 0, capturableMinor: 6000 });
    expect(captured('40.00', true, 'DECLINED')).toMatchObject({ capturedMinor: 0, capturableMinor: 10_000 });
  });
});

describe('toSnapshot', () => {
  it.each(CASES)('%j is %s with %j', (given, status, [authorizedMinor, capturableMinor, capturedMinor]) => {
    expect(toSnapshot(orderOf(given), false)).toMatchObject({
      ref: 'ORDER1',
      status,
      amountMinor: 10_000,
      currency: 'usd',
      paymentId: 'pay_1',
      livemode: false,
      clientSecret: 'ORDER1',
      authorizedMinor,
      capturableMinor,
      capturedMinor,
    });
  });

  it('says where the payer approves, only while that is due', () => {
    const url = 'https://www.paypal.com/checkoutnow?token=ORDER1';
    expect(toSnapshot(orderOf({ order: 'CREATED' }), true)).toMatchObject({
      livemode: true,
      nextAction: { type: 'redirect', url },
    });
    expect(toSnapshot(orderOf({ order: 'APPROVED' }), true).nextAction).toBeUndefined();
  });

  it('lists the captures whose money came in, oldest first, and the refunds', () => {
    const order = orderOf({ authorization: 'PARTIALLY_CAPTURED' });
    const capture = (id: string, status: string, value: string, createTime: string) => ({
      id,
      status,
      amount: usd(value),
      createTime,
    });
    Object.assign(order.purchaseUnits?.[0]?.payments ?? {}, {
      captures: [
        capture('CAP2', 'REFUNDED', '20.00', '2026-11-02T00:00:00Z'),
        capture('CAP1', 'COMPLETED', '30.00', '2026-11-01T00:00:00Z'),
        capture('CAP3', 'PENDING', '10.00', '2026-11-03T00:00:00Z'),
        capture('CAP4', 'DECLINED', '10.00', '2026-11-04T00:00:00Z'),
      ],
      refunds: [
        {
          id: 'REF1',
          status: 'COMPLETED',
          amount: usd('20.00'),
          customId: 'rf_1',
          links: [{ rel: 'up', href: 'https://x/v2/payments/captures/CAP2' }],
        },
      ],
    });
    expect(toSnapshot(order, false)).toMatchObject({
      capturedMinor: 5000,
      capturableMinor: 4000,
      captures: [
        { ref: 'CAP1', amountMinor: 3000 },
        { ref: 'CAP2', amountMinor: 2000 },
      ],
      refunds: [
        { ref: 'REF1', status: 'succeeded', amountMinor: 2000, captureRef: 'CAP2', refundId: 'rf_1' },
      ],
    });
  });

  it('says until when held money can be captured, only while it can', () => {
    const until = '2026-11-30T10:00:00Z';
    const captureBefore = (authorization: string) => {
      const order = orderOf({ authorization });
      Object.assign(order.purchaseUnits?.[0]?.payments?.authorizations?.[0] ?? {}, { expirationTime: until });
      return toSnapshot(order, false).captureBefore;
    };
    expect(captureBefore('CREATED')).toBe(until);
    expect(captureBefore('PARTIALLY_CAPTURED')).toBe(until);
    expect(captureBefore('CAPTURED')).toBeUndefined();
    expect(captureBefore('VOIDED')).toBeUndefined();
  });

  it('tells why it ended', () => {
    expect(toSnapshot(orderOf({ authorization: 'EXPIRED' }), true).reason).toBe('expired');
    expect(toSnapshot(orderOf({ order: 'VOIDED' }), true).reason).toBe('voided');
    expect(toSnapshot(orderOf({ captures: [['DECLINED', '100.00']] }), true).failure).toEqual({
      code: 'capture_declined',
      declineCode: 'ECHECK',
      ref: 'CAP0',
    });
  });

  it.each([
    ['no id', (order: Order) => ({ ...order, id: '' })],
    ['no status', (order: Order) => ({ ...order, status: undefined })],
    ['no purchase unit', (order: Order) => ({ ...order, purchaseUnits: [] })],
    ['no amount', (order: Order) => ({ ...order, purchaseUnits: [{}] })],
    ['an amount that is none', (order: Order) => ({ ...order, purchaseUnits: [{ amount: usd('ten') }] })],
    [
      'a capture in another currency',
      (order: Order) => ({
        ...order,
        purchaseUnits: [
          {
            amount: usd('1.00'),
            payments: {
              captures: [{ id: 'C', status: 'COMPLETED', amount: { currencyCode: 'EUR', value: '1.00' } }],
            },
          },
        ],
      }),
    ],
  ])('with %s nothing is known', (_name, spoil) => {
    const spoiled = spoil(orderOf({})) as Order;
    expect(() => toSnapshot(spoiled, false)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ class: 'unknown' }) }),
    );
  });
});
