import { ProblemError } from '#runtime/contract/errors.ts';
import {
  hasMovedOn,
  isAbandoned,
  isExpiring,
  needsManualReview,
  hasLateMoney,
  nextCheckOf,
  checkPurposeOf,
} from './model/payment-checks.ts';
import type { ReviewReason } from '../payments/model/published-events.ts';
import type { Payment } from '../payments/model/payment.ts';
import { advance } from '../payments/payment-repository.ts';
import { linkCreation } from '../payments/payment-span.ts';
import { completeApproval } from '../payments/complete-approval.ts';
import type { Flow } from '../services.ts';
import { reconcileRefunds } from '../refunds/sync-refunds.ts';
import { reviewStep, syncPayment } from '../payments/sync-payment.ts';
import { abandon, reverseLatePayment } from './late-money.ts';

/** The outcome of a check. `unreachable`: the provider call failed; `given-up`: flagged for manual review. */
export type CheckOutcome = 'changed' | 'unchanged' | 'busy' | 'unreachable' | 'given-up';

/**
 * Reconciles one payment with the provider, and cancels or reverses it where its time is over. A check without news
 * schedules the next one with a longer interval, and after enough of them the payment is flagged for manual review.
 */
export async function reconcilePayment(flow: Flow, paymentId: string): Promise<CheckOutcome> {
  const payment = await flow.services.store.get(paymentId);
  const now = flow.services.now();
  if (payment?.nextCheckAt === undefined || Date.parse(payment.nextCheckAt) > now.getTime())
    return 'unchanged';
  linkCreation(flow, payment);
  if (payment.activeOp !== undefined && payment.activeOp.lockUntil > now.getTime())
    return postpone(flow, payment, 'busy', payment.checks ?? 0);
  let outcome: CheckOutcome = 'unchanged';
  try {
    await syncWithProvider(flow, payment);
  } catch (error) {
    if (!(error instanceof ProblemError)) {
      // A payment that always fails must not be checked first in every run.
      await scheduleNextCheck(flow, payment, 'unchanged');
      throw error;
    }
    flow.log.warn('A payment could not be reconciled', { paymentId, code: error.code });
    outcome = error.status === 503 ? 'unreachable' : 'busy';
  }
  return scheduleNextCheck(flow, payment, outcome);
}

async function syncWithProvider(flow: Flow, payment: Payment): Promise<Payment> {
  const now = flow.services.now();
  const settled = await syncPayment(flow, payment);
  const { payment: current } = await completeApproval(flow, settled);
  if (current.activeOp !== undefined) return current;
  if (hasLateMoney(current) && current.refundPendingMinor === 0) return reverseLatePayment(flow, current);
  if (hasRefunds(current)) return reconcileRefunds(flow, current);
  if (isAbandoned(current, now)) return abandon(flow, current);
  return isExpiring(current, now) ? warnOfExpiry(flow, current) : current;
}

/** Whether refunds may be open, including those made at the provider that no webhook reported. */
const hasRefunds = ({ refundPendingMinor, capturedMinor, status }: Payment): boolean =>
  refundPendingMinor > 0 || (capturedMinor > 0 && status === 'succeeded');

/** A changed payment has its next check from that change; any other is checked at growing intervals. */
async function scheduleNextCheck(flow: Flow, before: Payment, outcome: CheckOutcome): Promise<CheckOutcome> {
  const payment = await flow.services.store.get(before.id);
  if (payment === undefined || hasMovedOn(before, payment)) return 'changed';
  const checks = (before.checks ?? 0) + 1;
  return needsManualReview(payment, checks)
    ? flagForReview(flow, payment)
    : postpone(flow, payment, outcome, checks);
}

async function postpone(
  flow: Flow,
  payment: Payment,
  outcome: CheckOutcome,
  checks: number,
): Promise<CheckOutcome> {
  const nextCheckAt = nextCheckOf(payment, flow.services.now(), checks);
  const after: Payment = { ...payment, checks, nextCheckAt, version: payment.version + 1 };
  await flow.services.store.write({ paymentId: payment.id, change: { before: payment, after } }, {});
  return outcome;
}

/** Publishes once per authorization that it expires soon. */
async function warnOfExpiry(flow: Flow, payment: Payment): Promise<Payment> {
  const warned = await advance(flow, payment, async (current) => {
    const isNew =
      isExpiring(current, flow.services.now()) && !current.flags.includes('authorization_expiring');
    if (!isNew) return { next: current };
    const flags = [...current.flags, 'authorization_expiring'];
    return { next: { ...current, flags }, notes: { authorizationExpiring: true } };
  });
  return warned.state;
}

async function flagForReview(flow: Flow, payment: Payment): Promise<CheckOutcome> {
  const why = reasonOf(payment);
  await advance(flow, payment, async (current) => reviewStep(current, why));
  flow.log.error('Manual review needed for a payment', { paymentId: payment.id, why });
  flow.log.count('payment.needs_review');
  return 'given-up';
}

function reasonOf(payment: Payment): ReviewReason {
  if (hasLateMoney(payment)) return 'not_undone';
  if (payment.activeOp !== undefined) return 'outcome_unknown';
  return checkPurposeOf(payment) === 'wait' ? 'not_abandoned' : 'still_processing';
}
