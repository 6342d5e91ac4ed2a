import { lockUntil } from '../engine/flow.ts';
import { begin } from '../engine/execute.ts';
import type { Flow } from '../services.ts';
import type { IdempotencyClaim } from '../store/idempotency.ts';
import type { Change } from './model/change.ts';
import { type Payment, type PaymentOperation, providerKeyOf } from './model/payment.ts';
import { openOperation, paymentOperation } from './payment-operation.ts';

type Given = Pick<PaymentOperation, 'id' | 'paymentId' | 'kind' | 'request'> &
  Partial<Pick<PaymentOperation, 'amountMinor' | 'attempt'>>;

/** A new operation as it is stored before its call, and the members of its payment that name it. */
export function newOperation(
  flow: Flow,
  { id, paymentId, kind, request, amountMinor, attempt = 1 }: Given,
): { readonly operation: PaymentOperation; readonly active: Pick<Payment, 'operation' | 'activeOp'> } {
  const { services } = flow;
  return {
    operation: {
      id,
      paymentId,
      kind,
      status: 'requested',
      attempt,
      providerKey: providerKeyOf(services.stage, id, kind, attempt),
      amountMinor,
      request,
      createdAt: services.now().toISOString(),
    },
    active: {
      operation: { id, kind, status: 'requested' },
      activeOp: { id, kind, amountMinor, final: request.final, lockUntil: lockUntil(flow) },
    },
  };
}

/** Writes the change of a payment that begins an operation, then executes it, see {@link begin}. */
export function beginOperation(
  flow: Flow,
  claim: IdempotencyClaim | undefined,
  change: Change,
  newOperation: PaymentOperation,
) {
  const { paymentId } = newOperation;
  return begin(flow, {
    claim,
    subject: { type: 'payment', id: paymentId },
    operation: paymentOperation(flow, newOperation),
    state: change.after,
    write: (records) => flow.services.store.write({ paymentId, change, newOperation }, records),
    open: openOperation(flow),
  });
}
