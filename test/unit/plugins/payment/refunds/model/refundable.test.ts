import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Payment } from '../../../../../../plugins/payment/payments/model/payment.ts';
import type { RefundSnapshot } from '../../../../../../plugins/payment/refunds/model/refund-snapshot.ts';
import { refundStatuses } from '../../../../../../plugins/payment/refunds/model/refund-snapshot.ts';
import {
  type Refund,
  isOpen,
  withParts,
  withSnapshot,
} from '../../../../../../plugins/payment/refunds/model/refund.ts';
import {
  OVER_REFUNDED,
  refundStatusOf,
  withCaptured,
  withRefund,
} from '../../../../../../plugins/payment/refunds/model/refundable.ts';

const AT = '2026-11-24T00:00:00.000Z';
const none: Payment = {
  id: 'pay_1',
  tenant: 'default',
  provider: 'stripe',
  livemode: false,
  status: 'succeeded',
  amountMinor: 1000,
  currency: 'usd',
  captureMethod: 'automatic',
  authorizedMinor: 1000,
  capturableMinor: 0,
  capturedMinor: 0,
  refundableMinor: 0,
  refundPendingMinor: 0,
  refundedMinor: 0,
  lostMinor: 0,
  metadata: {},
  attempts: 0,
  flags: [],
  operation: { id: 'op_1', kind: 'create', status: 'succeeded' },
  version: 1,
  seq: 0,
  createdAt: AT,
  updatedAt: AT,
};

const refundOf = (id: string, amountMinor: number, origin: Refund['origin'] = 'api'): Refund => {
  const part = { id, amountMinor, status: 'requested', providerKey: id, attempt: 1 } as const;
  const common = { id, paymentId: 'pay_1', tenant: 'default', amountMinor, currency: 'usd' };
  return {
    ...common,
    status: 'requested',
    origin,
    parts: [part],
    lockUntil: 0,
    createdAt: AT,
    updatedAt: AT,
  };
};

/** The refund as the provider shows it next. */
function shown(refund: Refund, status: RefundSnapshot['status']): Refund {
  const [part] = refund.parts;
  if (part === undefined) throw new Error('a refund has a part');
  const { amountMinor, id: refundId } = part;
  const snapshot = { ref: `re_${refund.id}`, status, amountMinor, currency: 'usd', refundId };
  return withParts(refund, [withSnapshot(part, snapshot)], AT);
}

const sumOf = ({ refundableMinor, refundPendingMinor, refundedMinor, lostMinor }: Payment): number =>
  refundableMinor + refundPendingMinor + refundedMinor + lostMinor;

/** What a payment's numbers have to be, from what was captured and from its refunds alone. */
function expectRight(payment: Payment, refunds: readonly Refund[]) {
  const parts = refunds.flatMap((refund) => refund.parts);
  const total = (some: typeof parts): number => some.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const pending = total(parts.filter(isOpen));
  const refunded = total(parts.filter(({ status }) => status === 'succeeded'));
  expect(payment).toMatchObject({
    refundPendingMinor: pending,
    refundedMinor: refunded,
    refundableMinor: Math.max(0, payment.capturedMinor - pending - refunded - payment.lostMinor),
  });
  const overRefunded = sumOf(payment) > payment.capturedMinor;
  expect(payment.flags).toEqual(overRefunded ? [OVER_REFUNDED] : []);
  if (!overRefunded) expect(sumOf(payment)).toBe(payment.capturedMinor);
}

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('capture' as const), amountMinor: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ kind: fc.constant('request' as const), amountMinor: fc.integer({ min: 1, max: 600 }) }),
    fc.record({ kind: fc.constant('elsewhere' as const), amountMinor: fc.integer({ min: 1, max: 600 }) }),
    fc.record({
      kind: fc.constant('show' as const),
      which: fc.nat(20),
      status: fc.constantFrom(
        ...refundStatuses.filter((status) => status !== 'requested' && status !== 'in_doubt'),
      ),
    }),
  ),
  { maxLength: 30 },
);

describe('the room for refunds', () => {
  it('comes to what was captured after every step, whatever the order', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let payment = none;
        const refunds: Refund[] = [];
        for (const step of all) {
          if (step.kind === 'capture')
            payment = withCaptured(payment, payment.capturedMinor + step.amountMinor);
          if (step.kind === 'request' && step.amountMinor <= payment.refundableMinor) {
            const made = refundOf(`rf_${refunds.length}`, step.amountMinor);
            payment = withRefund(payment, undefined, made);
            refunds.push(made);
          }
          if (step.kind === 'elsewhere') {
            const made = shown(refundOf(`rf_${refunds.length}`, step.amountMinor, 'provider'), 'succeeded');
            payment = withRefund(payment, undefined, made);
            refunds.push(made);
          }
          if (step.kind === 'show' && refunds.length > 0) {
            const index = step.which % refunds.length;
            const before = refunds[index];
            if (before === undefined) continue;
            const after = shown(before, step.status);
            payment = withRefund(payment, before, after);
            refunds[index] = after;
          }
          expectRight(payment, refunds);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('does not give back what a refund made elsewhere has taken, when ours is refused after it', () => {
    const captured = withCaptured(none, 10_000);
    const ours = refundOf('rf_1', 5000);
    const theirs = shown(refundOf('rf_2', 8000, 'provider'), 'succeeded');
    const both = withRefund(withRefund(captured, undefined, ours), undefined, theirs);
    expect(both).toMatchObject({ refundableMinor: 0, flags: [OVER_REFUNDED] });
    const refused = withRefund(both, ours, shown(ours, 'failed'));
    const numbers = { refundableMinor: 2000, refundedMinor: 8000, refundPendingMinor: 0 };
    expect(refused).toMatchObject({ ...numbers, flags: [] });
    expect(sumOf(refused)).toBe(10_000);
  });

  it('is fully refunded by parts in any order of hearing', () => {
    const parts = [1000, 2000, 7000].map((amountMinor, index) => refundOf(`rf_${index}`, amountMinor));
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: 3 }), (order) => {
        let payment = parts.reduce<Payment>((now, made) => withRefund(now, undefined, made), {
          ...withCaptured(none, 10_000),
        });
        for (const made of order) payment = withRefund(payment, made, shown(made, 'succeeded'));
        expect(refundStatusOf(payment)).toBe('full');
        expect(payment.refundableMinor).toBe(0);
      }),
    );
  });
});
