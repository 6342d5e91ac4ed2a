import { lockUntil } from '../engine/flow.ts';
import type { Intent } from '../engine/execute.ts';
import type { Flow } from '../services.ts';
import type { Change } from './model/change.ts';
import { type Payment, type PaymentOperation, providerKeyOf } from './model/payment.ts';
import { openOperation, paymentOperation } from './payment-operation.ts';
import type { PaymentOutcome } from './payment-outcome.ts';
import type { Step } from './payment-repository.ts';

type Given = Pick<PaymentOperation, 'id' | 'paymentId' | 'kind' | 'request'> &
  Partial<Pick<PaymentOperation, 'amountMinor' | 'attempt'>>;

/** A new operation as it is stored before its call, and the members of its payment that name it. */
export function newOperation(
  flow: Flow,
  { id, paymentId, kind, request, amountMinor, attempt = 1 }: Given,
): { readonly operation: PaymentOperation; readonly active: Pick<Payment, 'operation' | 'activeOp'> } {
  const { services } = flow;
  const operation = {
    id,
    kind,
    status: 'requested',
    attempt,
    providerKey: providerKeyOf(services.stage, id, kind, attempt),
    amountMinor,
    request,
    createdAt: services.now().toISOString(),
  } as const;
  const activeOp = { id, kind, amountMinor, final: request.final, lockUntil: lockUntil(flow) };
  return { operation: { ...operation, paymentId }, active: { operation, activeOp } };
}

/** An operation, with the change of its payment that begins it. */
export const intentOf = (
  flow: Flow,
  change: Change,
  stored: PaymentOperation,
): Intent<Payment, Step, PaymentOutcome> => {
  const { paymentId } = stored;
  return {
    subject: { type: 'payment', id: paymentId },
    operation: paymentOperation(flow, stored),
    state: change.after,
    write: (records) => flow.services.store.write({ paymentId, change }, records),
    open: openOperation(flow),
  };
};
