import type { OperationContext } from '#runtime/contract/operation.ts';
import { isPaymentId } from '../engine/model/ids.ts';
import type { Payment } from './model/payment.ts';
import { problem } from '../errors.ts';
import type { Services } from '../services.ts';
import { noteInSpan } from './payment-span.ts';

/** The caller's payment, read strongly consistent. @throws ProblemError 404, for another tenant's payment too */
export async function findPayment({
  input,
  caller,
  services,
  span,
}: OperationContext<{ readonly id: string }, Services>): Promise<Payment> {
  const payment = isPaymentId(input.id) ? await services.store.get(input.id) : undefined;
  if (payment === undefined || payment.tenant !== caller.tenant) throw problem('payment-not-found');
  noteInSpan({ span }, payment);
  return payment;
}
