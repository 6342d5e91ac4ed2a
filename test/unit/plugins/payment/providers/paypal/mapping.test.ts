import type { Order } from '@paypal/paypal-server-sdk';
import { describe, expect, it } from 'vitest';
import { toSnapshot } from '../../../../../../plugins/payment/providers/paypal/mapping.ts';

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
