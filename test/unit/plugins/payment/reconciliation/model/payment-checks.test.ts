import { describe, expect, it } from 'vitest';
import {
  isAbandoned,
  isExpiring,
  needsManualReview,
  nextCheckOf,
  checkPurposeOf,
  withNextCheck,
} from '../../../../../../plugins/payment/reconciliation/model/payment-checks.ts';
import type { Payment } from '../../../../../../plugins/payment/payments/model/payment.ts';

const now = new Date('2026-11-24T10:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const payment = (more: Partial<Payment>): Payment => ({
  id: 'pay_1',
  tenant: 'default',
  provider: 'stripe',
  livemode: false,
  status: 'processing',
  amountMinor: 100,
  currency: 'usd',
  captureMethod: 'automatic',
  authorizedMinor: 0,
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
  version: 2,
  seq: 1,
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
  ...more,
});

const inMs = (given: Payment, checks = 0): number | undefined => {
  const at = nextCheckOf(given, now, checks);
  return at === undefined ? undefined : Date.parse(at) - now.getTime();
};
const at = (ms: number) => new Date(now.getTime() + ms).toISOString();
const active = (lockMs: number) => ({
  id: 'op_2',
  kind: 'capture' as const,
  lockUntil: now.getTime() + lockMs,
});

describe('when a payment is looked at next', () => {
  it('backs off while its outcome stays open, then leaves it to a person', () => {
    const waits = Array.from({ length: 14 }, (_, checks) => inMs(payment({}), checks));
    expect(waits.slice(0, 5)).toEqual([MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR]);
    expect(waits.slice(5, 12)).toEqual(Array.from({ length: 7 }, () => DAY));
    expect(waits.slice(12)).toEqual([undefined, undefined]);
    expect(needsManualReview(payment({}), 11)).toBe(false);
    expect(needsManualReview(payment({}), 12)).toBe(true);
    expect(needsManualReview(payment({ status: 'authorized' }), 12)).toBe(false);
  });

  it('lets the invocation that has it end first', () => {
    expect(inMs(payment({ status: 'authorized', activeOp: active(28_000) }))).toBe(28_000 + MINUTE);
    expect(inMs(payment({ status: 'authorized', activeOp: active(-HOUR) }))).toBe(MINUTE);
  });

  it('leaves a look that is due within a minute after where it is', () => {
    const dueAt = (known: string | undefined) =>
      withNextCheck(payment({ nextCheckAt: known }), now).nextCheckAt;
    expect(dueAt(undefined)).toBe(at(MINUTE));
    expect(dueAt(at(MINUTE))).toBe(at(MINUTE));
    expect(dueAt(at(2 * MINUTE))).toBe(at(2 * MINUTE));
    expect(dueAt(at(2 * MINUTE + 1))).toBe(at(MINUTE));
    expect(dueAt(at(MINUTE - 1))).toBe(at(MINUTE));
    expect(
      withNextCheck(payment({ flags: ['needs_review'], nextCheckAt: at(MINUTE) }), now).nextCheckAt,
    ).toBe(undefined);
  });

  it('waits for the payer no longer than a day in all', () => {
    const waiting = payment({ status: 'requires_action', createdAt: at(-20 * HOUR) });
    expect(inMs(waiting, 4)).toBe(4 * HOUR);
    expect(inMs(waiting, 0)).toBe(MINUTE);
    expect(isAbandoned(waiting, now)).toBe(false);
    expect(isAbandoned(waiting, new Date(now.getTime() + 4 * HOUR))).toBe(true);
    expect(isAbandoned({ ...waiting, status: 'authorized' }, new Date(now.getTime() + DAY))).toBe(false);
  });

  it('looks at held money daily, a day before it is lost, and when it is', () => {
    const held = (beforeMs: number) => payment({ status: 'authorized', captureBefore: at(beforeMs) });
    expect(inMs(payment({ status: 'authorized' }), 9)).toBe(DAY);
    expect(inMs(held(7 * DAY))).toBe(DAY);
    expect(inMs(held(DAY + HOUR))).toBe(HOUR);
    expect(inMs(held(2 * HOUR))).toBe(2 * HOUR + MINUTE);
    expect(isExpiring(held(DAY + 1), now)).toBe(false);
    expect(isExpiring(held(DAY), now)).toBe(true);
    expect(isExpiring({ ...held(DAY), status: 'succeeded' }, now)).toBe(false);
  });

  it('audits once what has ended', () => {
    for (const status of ['succeeded', 'canceled', 'failed'] as const) {
      expect(inMs(payment({ status }), 0)).toBe(DAY);
      expect(inMs(payment({ status }), 1)).toBeUndefined();
    }
  });

  it('leaves to people what they have to look at', () => {
    expect(checkPurposeOf(payment({ flags: ['needs_review'] }))).toBeUndefined();
    expect(inMs(payment({ flags: ['mismatch'], status: 'failed' }))).toBeUndefined();
    expect(checkPurposeOf(payment({ flags: ['authorization_expiring'] }))).toBe('settle');
  });
});
