import type { OperationContext } from '#runtime/contract/operation.ts';
import { changeOf } from './model/change.ts';
import { clearManualReview } from '../reconciliation/model/payment-checks.ts';
import { isPaymentId } from '../engine/model/ids.ts';
import {
  type PaymentOperation,
  type PaymentOperationRequest,
  type Payment,
  providerKeyOf,
} from './model/payment.ts';
import { problem } from '../errors.ts';
import type { Services } from '../services.ts';
import { changeContext, lockUntil, providerBudgetMs } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { execute, executeInTime } from '../engine/durable-operation.ts';
import { claimOf, keyOf } from '../engine/idempotency.ts';
import { type PaymentResult, paymentOperation, repeatOperation } from './payment-operation.ts';
import { syncPayment } from './sync-payment.ts';

/** An operation on an existing payment. */
export interface Intent {
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
export async function operate(
  flow: Flow,
  context: OperationContext<{ readonly id: string }, Services>,
  intent: Intent,
): Promise<PaymentResult> {
  const { services, input, caller } = context;
  const claim = claimOf(flow, context);
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const { payment: found, record } = isPaymentId(input.id)
      ? await services.store.load(input.id, claim)
      : { payment: undefined, record: undefined };
    if (found === undefined || found.tenant !== caller.tenant) throw problem('payment-not-found');
    if (record !== undefined && claim !== undefined) return repeatOperation(flow, claim, record);
    if (providerBudgetMs(flow) === undefined) throw problem('provider-unavailable');
    const payment = await idle(flow, found);
    const started = await begin(flow, payment, intent);
    const claimed = await services.store.beginOperation({ ...started, idempotency: claim });
    if (claimed.kind === 'claimed') {
      const operation = paymentOperation(flow, started.operation);
      return executeInTime({ flow, operation, key: claim && keyOf(claim) }, started.change.after);
    }
    if (claimed.kind === 'key-taken' && claim !== undefined)
      return repeatOperation(flow, claim, claimed.record);
  }
  throw problem('contention');
}

/**
 * Captures or cancels without a client request: no idempotency key, no waiting caller.
 * @throws ProblemError when it is rejected, or another operation is open
 */
export async function operateOwn(flow: Flow, payment: Payment, intent: Intent): Promise<Payment> {
  const started = await begin(flow, payment, intent);
  const claimed = await flow.services.store.beginOperation({ ...started, idempotency: undefined });
  if (claimed.kind !== 'claimed') throw problem('contention');
  const operation = paymentOperation(flow, started.operation);
  return (await execute({ flow, operation }, started.change.after)).state;
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

async function begin(flow: Flow, payment: Payment, intent: Intent) {
  const { services } = flow;
  const { kind, reason, final } = intent;
  const amountMinor = await intent.amountOf(payment);
  const confirmation = await intent.confirmationOf?.(payment);
  const id = services.newId('op');
  const operation: PaymentOperation = {
    id,
    paymentId: payment.id,
    kind,
    status: 'requested',
    attempt: 1,
    providerKey: providerKeyOf(services.stage, id, kind, 1),
    amountMinor,
    request: { reason, final, ...confirmation },
    createdAt: services.now().toISOString(),
  };
  const next: Payment = {
    ...clearManualReview(payment),
    operation: { id, kind, status: 'requested' },
    activeOp: { id, kind, amountMinor, final, lockUntil: lockUntil(flow) },
    capturableMinor: payment.capturableMinor - (amountMinor ?? 0),
    // The error of an earlier attempt is cleared.
    ...(kind !== 'cancel' && { failure: undefined }),
  };
  return { operation, change: changeOf(payment, next, {}, changeContext(flow)) };
}
