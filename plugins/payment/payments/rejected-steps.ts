import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { Flow } from '../services.ts';
import { mergeSnapshot } from './merge-snapshot.ts';
import { declinedByProvider, rejected } from './model/operation-outcome.ts';
import type { Payment, PaymentOperation } from './model/payment.ts';
import type { Failure } from './model/snapshot.ts';
import type { Step } from './payment-repository.ts';

/** The step that records that the provider has declined an operation. */
export function declinedStep(
  flow: Flow,
  current: Payment,
  operation: PaymentOperation,
  details: ProviderErrorDetails,
): Step {
  if (operation.kind === 'confirm') return declinedConfirm(flow, current, operation, details);
  return isApproved(current, operation)
    ? declinedApproval(current, details)
    : declinedAttempt(rejectedStep(reopened(current, operation), operation, details), details);
}

const failureOf = ({ code, declineCode }: Pick<ProviderErrorDetails, 'code' | 'declineCode'>): Failure => ({
  code,
  ...(declineCode !== undefined && { declineCode }),
});

/**
 * The payment still waits for its payer, with the decline as its last error. The object in the decline identifies
 * the attempt, so that its webhook does not count it again.
 */
function declinedConfirm(
  flow: Flow,
  current: Payment,
  { id }: PaymentOperation,
  details: ProviderErrorDetails,
): Step {
  const { code, snapshot } = details;
  if (current.activeOp?.id !== id) return { next: current };
  const merged = snapshot && mergeSnapshot(flow, current, snapshot);
  if (merged !== undefined && merged.attemptFailed)
    return { next: rejected(merged.payment, { code }), notes: merged, failureCode: code };
  const failure = failureOf(details);
  const ended = rejected(current, failure);
  const next = { ...ended, nextActionType: undefined, failure, attempts: current.attempts + 1 };
  return { next, notes: { attemptFailed: true }, failureCode: code };
}

/** The decline of a capture is the last error until the next try. */
function declinedAttempt(step: Step, details: ProviderErrorDetails): Step {
  const { next } = step;
  if (next.operation.kind !== 'capture' || next.operation.status !== 'failed') return step;
  return { ...step, next: { ...next, failure: failureOf(details) } };
}

/** Whether the open operation completes an approval of the payer. */
const isApproved = ({ status, activeOp }: Payment, { id }: PaymentOperation): boolean =>
  status === 'approved' && activeOp?.id === id && activeOp.kind !== 'cancel';

const declinedApproval = (current: Payment, details: ProviderErrorDetails): Step => ({
  next: declinedByProvider(current, failureOf(details)),
  notes: { attemptFailed: true },
  failureCode: details.code,
});

/** A declined create ends its payment, even if a webhook already recorded that the payer may use another card. */
function reopened(current: Payment, { id, kind }: PaymentOperation): Payment {
  const overtaken = current.activeOp === undefined && current.operation.id === id;
  return overtaken && kind === 'create' && current.status === 'requires_action'
    ? { ...current, activeOp: { id, kind, lockUntil: 0 } }
    : current;
}

/** The step that fails an operation, unless another invocation has recorded its outcome. */
export function rejectedStep(
  current: Payment,
  { id }: PaymentOperation,
  details: Pick<ProviderErrorDetails, 'code' | 'declineCode' | 'snapshot'>,
): Step {
  const { code, snapshot } = details;
  if (current.activeOp?.id !== id) return { next: current };
  const next = rejected(current, failureOf(details), snapshot);
  const attemptFailed = snapshot !== undefined && next.status === 'failed';
  return { next: attemptFailed ? { ...next, attempts: 1 } : next, failureCode: code };
}
