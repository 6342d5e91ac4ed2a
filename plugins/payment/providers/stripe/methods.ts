import type Stripe from 'stripe';
import type { MethodSnapshot } from '../../customers/model/snapshots.ts';
import { expectObject, idOf } from './answers.ts';

/** A saved payment method as a snapshot: only what shows a payer which one it is. */
export function toMethod(answer: Stripe.PaymentMethod): MethodSnapshot {
  const method = expectObject(answer, 'payment_method');
  const customerRef = idOf(method.customer);
  const { card } = method;
  const account = method.us_bank_account ?? method.sepa_debit;
  return {
    ref: method.id,
    status: customerRef === undefined ? 'detached' : 'active',
    type: method.type,
    customerRef,
    brand: card?.brand,
    last4: card?.last4 ?? account?.last4 ?? undefined,
    expMonth: card?.exp_month,
    expYear: card?.exp_year,
  };
}
