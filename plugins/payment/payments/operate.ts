import type { OperationContext } from '#runtime/contract/operation.ts';
import { changeOf } from './model/change.ts';
import { clearManualReview } from '../reconciliation/model/payment-checks.ts';
import type { PaymentOperationRequest, Payment } from './model/payment.ts';
import { problem } from '../errors.ts';
import type { Flow, Services } from '../services.ts';
import { changeContext, providerBudgetMs } from '../engine/flow.ts';
import { begin, beginOwn } from '../engine/execute.ts';
import { callOnPayment } from './call-on-payment.ts';
import { intentOf, newOperation } from './new-operation.ts';
import { type PaymentResult, openOperation } from './payment-operation.ts';
import { syncPayment } from './sync-payment.ts';

/** An operation on an existing payment. */
interface Intent {
  readonly kind: 'confirm' | 'capture' | 'cancel';
  readonly reason?: string | undefined;
  /** A capture that is not final keeps the rest held. */
  readonly final?: boolean | undefined;
  /** Checks the current payment, and returns the amount of a capture. @throws ProblemError for a rejection */
  amountOf(payment: Payment): Promise<number | undefined>;
  /** The parameters of a confirmation. @throws ProblemError for a rejection */
  confirmationOf?(payment: Payment): Promise<PaymentOperationRequest>;
}

const TRIES_MAX = 4;

/**
 * Confirms, captures or cancels a payment: one operation at a time. The intent is written on condition of the
 * version that was checked, so that the loser of a race reads and checks again.
 */
export const operate = (
  flow: Flow,
  context: OperationContext<{ readonly id: string }, Services>,
  intent: Intent,
): Promise<PaymentResult> =>
  callOnPayment(flow, context, openOperation(flow), TRIES_MAX, async (found, claim) => {
    if (providerBudgetMs(flow) === undefined) throw problem('provider-unavailable');
    return begin(flow, claim, await prepared(flow, await idle(flow, found), intent));
  });

/**
 * Captures or cancels without a client request: no idempotency key, no waiting caller.
 * @throws ProblemError when it is rejected, or another operation is open
 */
export async function operateOwn(flow: Flow, payment: Payment, intent: Intent): Promise<Payment> {
  const ended = await beginOwn(flow, await prepared(flow, payment, intent));
  if (ended === undefined) throw problem('contention');
  return ended.state;
}

/** The payment without an open operation; an abandoned one is resumed first. */
async function idle(flow: Flow, payment: Payment): Promise<Payment> {
  const { activeOp, id: paymentId } = payment;
  if (activeOp === undefined) return payment;
  const abandoned = activeOp.lockUntil <= flow.services.now().getTime();
  const settled = abandoned ? await syncPayment(flow, payment) : payment;
  if (settled.activeOp !== undefined) throw problem('operation-in-progress', { extensions: { paymentId } });
  return settled;
}

/** The checked intent, ready to be written. @throws ProblemError for a rejection */
async function prepared(flow: Flow, payment: Payment, intent: Intent) {
  const { kind, reason, final } = intent;
  const amountMinor = await intent.amountOf(payment);
  const request = { reason, final, ...(await intent.confirmationOf?.(payment)) };
  const id = flow.services.newId('op');
  const { operation, active } = newOperation(flow, { id, paymentId: payment.id, kind, request, amountMinor });
  const next: Payment = {
    ...clearManualReview(payment),
    ...active,
    capturableMinor: payment.capturableMinor - (amountMinor ?? 0),
    // The error of an earlier attempt is cleared.
    ...(kind !== 'cancel' && { failure: undefined }),
  };
  return intentOf(flow, changeOf(payment, next, {}, changeContext(flow)), operation);
}
