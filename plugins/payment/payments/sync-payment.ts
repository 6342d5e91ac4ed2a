import { ProblemError } from '#runtime/contract/errors.ts';
import { operationDone, rejected } from './model/operation-outcome.ts';
import type { Payment } from './model/payment.ts';
import type { ReviewReason } from './model/published-events.ts';
import { isTerminal } from './model/state.ts';
import { NEEDS_REVIEW } from '../reconciliation/model/payment-checks.ts';
import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';
import { mergeSnapshot, mergedStep } from './merge-snapshot.ts';
import { resumeOperation } from './payment-operation.ts';
import { type Step, advance, existingPayment } from './payment-repository.ts';
import { retrieveIfThere } from './retrieve.ts';

/** Milliseconds after the end of a lock, after which its call has either reached the provider or never will. */
const NEVER_SENT_AFTER_MS = 60_000;

/**
 * Reconciles a payment with the provider, and resumes or ends an abandoned operation.
 * @throws ProblemError 409 while the create still runs, 503 when the fetch fails
 */
export async function syncPayment(flow: Flow, payment: Payment): Promise<Payment> {
  const { providerRef: ref, activeOp } = payment;
  const nowMs = flow.services.now().getTime();
  if (ref === undefined) {
    if (activeOp === undefined) return payment;
    if (activeOp.lockUntil > nowMs) throw problem('operation-in-progress');
    return resumeCreate(flow, payment, activeOp.id);
  }
  const settled = await advance(flow, payment, async (current): Promise<Step> => {
    const snapshot = await retrieveIfThere(flow, current.provider, ref);
    if (snapshot === undefined) return missingStep(flow, current);
    const merged = mergeSnapshot(flow, current, snapshot);
    const open = merged.payment.activeOp;
    if (open === undefined || open.lockUntil + NEVER_SENT_AFTER_MS > nowMs)
      return mergedStep(current, merged);
    return {
      next: rejected(merged.payment, { code: 'never_sent' }),
      notes: merged,
      failureCode: 'never_sent',
    };
  });
  return settled.state;
}

/**
 * Handles a provider object that no longer exists. Providers purge unpaid objects, so the payment is canceled;
 * where money was involved, it is flagged for manual review.
 */
export function missingStep(flow: Flow, payment: Payment): Step {
  const { id: paymentId, status, flags, activeOp } = payment;
  if (isTerminal(status) && status !== 'succeeded') return { next: payment };
  if (status === 'requires_action' || status === 'approved') {
    const ended = activeOp === undefined ? {} : operationDone(payment, 'failed');
    return {
      next: { ...payment, ...ended, status: 'canceled', reason: 'expired' },
      ...(activeOp !== undefined && { failureCode: 'object_missing' }),
    };
  }
  if (flags.includes(NEEDS_REVIEW)) return { next: payment };
  flow.log.error('The provider has no object for a payment with money', { paymentId, status });
  flow.log.count('payment.needs_review');
  return reviewStep(payment, 'object_missing');
}

/** The step that flags a payment for manual review, once. */
export const reviewStep = (payment: Payment, why: ReviewReason): Step =>
  payment.flags.includes(NEEDS_REVIEW)
    ? { next: payment }
    : { next: { ...payment, flags: [...payment.flags, NEEDS_REVIEW] }, notes: { needsReview: why } };

/** A rejected create has ended the payment, so the caller gets the payment instead of the rejection. */
async function resumeCreate(flow: Flow, payment: Payment, operationId: string): Promise<Payment> {
  try {
    return (await resumeOperation(flow, payment.id, operationId)).state;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status === 503) throw error;
    const settled = await existingPayment(flow, payment.id);
    if (settled.activeOp !== undefined) throw error;
    return settled;
  }
}
