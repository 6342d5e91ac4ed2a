import { isDeepStrictEqual } from 'node:util';
import type { Payment } from '../../payments/model/payment.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long after the last change each look at the provider comes, until a person has to look. */
const BACK_OFF_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];
const REVIEW_AFTER_DAYS = 7;
/** Where an operation is under way, its invocation is given time to end before anybody looks. */
const AFTER_LOCK_MS = MINUTE_MS;

/** Held money is looked at daily, and once more when its time runs out. */
const EXPIRING_WITHIN_MS = DAY_MS;
/** What a payer left unpaid for so long is canceled. */
const ABANDONED_AFTER_MS = DAY_MS;

/** A person has it: nobody looks at it any more until it moves on, or something new is begun with it. */
export const NEEDS_REVIEW = 'needs_review';

/** What the next look at a payment is for. */
export type DuePurpose = 'settle' | 'wait' | 'hold' | 'audit';

/**
 * Why the provider will be asked again about a payment: `settle` an outcome that is open, `wait` for the payer,
 * `hold` money that is authorized, or `audit` once what has ended. `undefined`: a person has it.
 */
export function purposeOf(payment: Payment): DuePurpose | undefined {
  const { flags, refundPendingMinor } = payment;
  if (flags.includes(NEEDS_REVIEW)) return undefined;
  // A refund that is open has to be finished, whatever else contradicts.
  if (flags.includes('mismatch') && refundPendingMinor === 0) return undefined;
  if (payment.activeOp !== undefined || refundPendingMinor > 0 || hasLateMoney(payment)) return 'settle';
  switch (payment.status) {
    case 'initiating':
    case 'approved':
    case 'processing':
      return 'settle';
    case 'requires_action':
      return 'wait';
    case 'authorized':
    case 'partially_captured':
      return 'hold';
    case 'succeeded':
    case 'canceled':
    case 'failed':
      return 'audit';
  }
}

/**
 * When the reconciler looks at a payment next, ISO 8601, after `checks` looks that changed nothing. `undefined`:
 * never, because it has ended and was audited, or because a person has to look.
 */
export function nextCheckOf(payment: Payment, now: Date, checks: number): string | undefined {
  const at = nextCheckMs(payment, now.getTime(), checks);
  return at === undefined ? undefined : new Date(at).toISOString();
}

function nextCheckMs(payment: Payment, nowMs: number, checks: number): number | undefined {
  switch (purposeOf(payment)) {
    case undefined:
      return undefined;
    case 'settle': {
      const lockedUntilMs = payment.activeOp?.lockUntil ?? nowMs;
      if (checks === 0) return Math.max(nowMs, lockedUntilMs) + AFTER_LOCK_MS;
      return needsManualReview(payment, checks) ? undefined : nowMs + (BACK_OFF_MS[checks] ?? DAY_MS);
    }
    case 'wait': {
      const abandonAtMs = Date.parse(payment.createdAt) + ABANDONED_AFTER_MS;
      const next = nowMs + (BACK_OFF_MS[checks] ?? DAY_MS);
      return abandonAtMs > nowMs ? Math.min(next, abandonAtMs) : next;
    }
    case 'hold':
      return Math.min(nowMs + DAY_MS, ...deadlinesMs(payment).filter((at) => at > nowMs));
    case 'audit':
      return checks === 0 ? nowMs + DAY_MS : undefined;
  }
}

/** Whether so many looks have brought nothing that a person has to look. Held money just waits for its merchant. */
export function needsManualReview(payment: Payment, checks: number): boolean {
  const purpose = purposeOf(payment);
  const pressing = purpose === 'settle' || purpose === 'wait';
  return pressing && checks >= BACK_OFF_MS.length + REVIEW_AFTER_DAYS;
}

/** What every try leaves behind, whether it brought anything or not. */
const TRACES = ['version', 'seq', 'updatedAt', 'checks', 'nextCheckAt', 'operation', 'activeOp'] as const;

/** Whether anything is otherwise than before, beside the traces of one more try. */
export function hasMovedOn(before: Payment, after: Payment): boolean {
  return !isDeepStrictEqual(withoutTraces(before), withoutTraces(after));
}

/** The payment as nobody's but the reconciler's again. */
export const clearManualReview = (payment: Payment): Payment => ({
  ...payment,
  flags: payment.flags.filter((flag) => flag !== NEEDS_REVIEW),
});

/** Clears the flag for manual review once a change has moved the payment on, so that it is checked again. */
export function withReviewCleared(before: Payment, after: Payment): Payment {
  const { flags } = after;
  const kept = before.flags.includes(NEEDS_REVIEW) && flags.includes(NEEDS_REVIEW);
  // A flag more is no move.
  return kept && hasMovedOn({ ...before, flags }, after) ? clearManualReview(after) : after;
}

const withoutTraces = (payment: Payment): unknown =>
  Object.fromEntries(
    Object.entries(payment).filter(
      ([name, value]) => value !== undefined && !TRACES.some((trace) => trace === name),
    ),
  );

/** When to warn of an authorization that runs out, and when it has run out. */
function deadlinesMs({ captureBefore }: Payment): readonly number[] {
  if (captureBefore === undefined) return [];
  const endMs = Date.parse(captureBefore);
  return [endMs - EXPIRING_WITHIN_MS, endMs + AFTER_LOCK_MS];
}

/** Whether held money is about to be lost. */
export function isExpiring({ captureBefore, status }: Payment, now: Date): boolean {
  const held = status === 'authorized' || status === 'partially_captured';
  return (
    held && captureBefore !== undefined && Date.parse(captureBefore) - now.getTime() <= EXPIRING_WITHIN_MS
  );
}

/** Whether it holds money that turned up after its end, and that goes back by policy. */
export function hasLateMoney({ flags, capturableMinor, refundableMinor }: Payment): boolean {
  return flags.includes('late_success') && (capturableMinor > 0 || refundableMinor > 0);
}

/** Whether the payer has had all the time that there is. */
export function isAbandoned({ status, createdAt, subscriptionId }: Payment, now: Date): boolean {
  // What a subscription charges is tried again, and given up, by the provider.
  if (subscriptionId !== undefined) return false;
  return status === 'requires_action' && now.getTime() - Date.parse(createdAt) >= ABANDONED_AFTER_MS;
}

/** The payment with its next look withNextCheck; every change begins the plan anew. */
export function withNextCheck(payment: Payment, now: Date, checks = 0): Payment {
  return { ...payment, checks, nextCheckAt: nextCheckOf(payment, now, checks) };
}
