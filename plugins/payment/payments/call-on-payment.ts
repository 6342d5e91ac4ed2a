import type { OperationContext } from '#runtime/contract/operation.ts';
import type { OperationResult } from '../engine/durable-operation.ts';
import { type NotBegun, type OpenOperation, repeat } from '../engine/execute.ts';
import { claimOf } from '../engine/idempotency.ts';
import { isPaymentId } from '../engine/model/ids.ts';
import { untilWritten } from '../engine/update.ts';
import { problem } from '../errors.ts';
import type { Flow, Services } from '../services.ts';
import type { IdempotencyClaim } from '../store/idempotency.ts';
import type { Payment } from './model/payment.ts';
import { noteInSpan } from './payment-span.ts';

/**
 * A call that begins an operation on an existing payment. The payment is read with the record of the call's
 * idempotency key. When it has changed by the time the intent is written, it is read and checked again.
 * @throws ProblemError 404, for another tenant's payment too; 503 `contention` after so many tries
 */
export function callOnPayment<S, N, O>(
  flow: Flow,
  context: OperationContext<{ readonly id: string }, Services>,
  open: OpenOperation<S, N, O>,
  triesMax: number,
  attempt: (
    payment: Payment,
    claim: IdempotencyClaim | undefined,
    tries: number,
  ) => Promise<OperationResult<S, O> | NotBegun>,
): Promise<OperationResult<S, O>> {
  const { services, input, caller } = context;
  const claim = claimOf(flow, context);
  return untilWritten(async (tries) => {
    const { payment, record } = isPaymentId(input.id)
      ? await services.store.load(input.id, claim)
      : { payment: undefined, record: undefined };
    if (payment === undefined || payment.tenant !== caller.tenant) throw problem('payment-not-found');
    noteInSpan(flow, payment);
    if (record !== undefined && claim !== undefined) return repeat(flow, claim, record, open);
    const result = await attempt(payment, claim, tries);
    return result.kind === 'ended' || result.kind === 'replayed' ? result : 'stale';
  }, triesMax);
}
