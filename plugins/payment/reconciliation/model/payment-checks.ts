import { isDeepStrictEqual } from 'node:util';
import type { Payment } from '../../payments/model/payment.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The intervals between checks of a payment without news, in milliseconds; after the last one it is checked daily
 * until manual review.
 */
const BACK_OFF_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];
const REVIEW_AFTER_DAYS = 7;
const NEAR_MS = MINUTE_MS;
/** Milliseconds after the end of a lock before an open operation is checked. */
const AFTER_LOCK_MS = MINUTE_MS;

/** How long before its end an expiring authorization is published, in milliseconds. */
const EXPIRING_WITHIN_MS = DAY_MS;
/** After so many milliseconds an unpaid payment is canceled. */
const ABANDONED_AFTER_MS = DAY_MS;

/** The flag for manual review: the reconciler skips the payment until it changes, or a new operation is started. */
export const NEEDS_REVIEW = 'needs_review';

/** The purpose of the next check of a payment. */
export type CheckPurpose = 'settle' | 'wait' | 'hold' | 'audit';

/**
 * The purpose of the next check: `settle` an unknown outcome, `wait` for the payer, `hold` an authorization, or
 * `audit` once after the end. `undefined`: in manual review.
 */
export function checkPurposeOf(payment: Payment): CheckPurpose | undefined {
  const { flags, refundPendingMinor } = payment;
  if (flags.includes(NEEDS_REVIEW)) return undefined;
  // An open refund has to be completed, whatever else contradicts.
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
 * When the reconciler checks a payment next, ISO 8601, after `checks` checks without news. `undefined`: never,
 * because it has ended and was audited, or is in manual review.
 */
export function nextCheckOf(payment: Payment, now: Date, checks: number): string | undefined {
  const at = nextCheckMs(payment, now.getTime(), checks);
  return at === undefined ? undefined : new Date(at).toISOString();
}

function nextCheckMs(payment: Payment, nowMs: number, checks: number): number | undefined {
  switch (checkPurposeOf(payment)) {
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

/**
 * Whether a payment needs manual review after so many checks without news. An authorization just waits for its
 * merchant.
 */
export function needsManualReview(payment: Payment, checks: number): boolean {
  const purpose = checkPurposeOf(payment);
  const pressing = purpose === 'settle' || purpose === 'wait';
  return pressing && checks >= BACK_OFF_MS.length + REVIEW_AFTER_DAYS;
}

/** Members that each check changes, whether it found news or not. */
const TRACES = [
  'version',
  'seq',
  'updatedAt',
  'checks',
  'nextCheckAt',
  'operation',
  'activeOp',
  'createdBy',
  'logHash',
] as const;

/** Whether anything but those members has changed. */
export function hasMovedOn(before: Payment, after: Payment): boolean {
  return !isDeepStrictEqual(withoutTraces(before), withoutTraces(after));
}

/** The payment without the flag for manual review, so that the reconciler checks it again. */
export const clearManualReview = (payment: Payment): Payment => ({
  ...payment,
  flags: payment.flags.filter((flag) => flag !== NEEDS_REVIEW),
});

/** Clears the flag for manual review once a change has moved the payment on, so that it is checked again. */
export function withReviewCleared(before: Payment, after: Payment): Payment {
  const { flags } = after;
  const kept = before.flags.includes(NEEDS_REVIEW) && flags.includes(NEEDS_REVIEW);
  // A new flag alone is no change.
  return kept && hasMovedOn({ ...before, flags }, after) ? clearManualReview(after) : after;
}

const withoutTraces = (payment: Payment): unknown =>
  Object.fromEntries(
    Object.entries(payment).filter(
      ([name, value]) => value !== undefined && !TRACES.some((trace) => trace === name),
    ),
  );

/** When to publish that an authorization expires, and when to check it after its end, epoch milliseconds. */
function deadlinesMs({ captureBefore }: Payment): readonly number[] {
  if (captureBefore === undefined) return [];
  const endMs = Date.parse(captureBefore);
  return [endMs - EXPIRING_WITHIN_MS, endMs + AFTER_LOCK_MS];
}

/** Whether an authorization expires soon. */
export function isExpiring({ captureBefore, status }: Payment, now: Date): boolean {
  const held = status === 'authorized' || status === 'partially_captured';
  return (
    held && captureBefore !== undefined && Date.parse(captureBefore) - now.getTime() <= EXPIRING_WITHIN_MS
  );
}

/** Whether a late payment still has money to reverse. */
export function hasLateMoney({ flags, capturableMinor, refundableMinor }: Payment): boolean {
  return flags.includes('late_success') && (capturableMinor > 0 || refundableMinor > 0);
}

/** Whether the payer has abandoned the payment. */
export function isAbandoned({ status, createdAt, subscriptionId }: Payment, now: Date): boolean {
  // The provider retries the charges of a subscription, and ends them.
  if (subscriptionId !== undefined) return false;
  return status === 'requires_action' && now.getTime() - Date.parse(createdAt) >= ABANDONED_AFTER_MS;
}

/**
 * The payment with the time of its next check; every change resets the intervals. A check that is due within a minute
 * after that time stays where it is, so that the index does not change.
 */
export function withNextCheck(payment: Payment, now: Date, checks = 0): Payment {
  const wanted = nextCheckOf(payment, now, checks);
  return {
    ...payment,
    checks,
    nextCheckAt: isNear(payment.nextCheckAt, wanted) ? payment.nextCheckAt : wanted,
  };
}

const isNear = (known: string | undefined, wanted: string | undefined): boolean => {
  if (known === undefined || wanted === undefined) return false;
  const laterMs = Date.parse(known) - Date.parse(wanted);
  return laterMs >= 0 && laterMs <= NEAR_MS;
};
