import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { invalid, noSuch } from '../api/errors.ts';
import type { MethodRecord } from '../store/records.ts';

/** A customer that exists; deleted ones do not. */
export function findCustomer(account: Account, id: string, status: 400 | 404 = 400): Stripe.Customer {
  const customer = account.store.get('customer', id);
  if (!customer || customer.deleted === true) {
    throw noSuch('customer', id, status === 404 ? 'id' : 'customer', status);
  }
  return customer;
}

/** Refuses a saved method of somebody else. */
export function checkOwner({ object }: MethodRecord, customer: string | null): void {
  const { customer: owner } = object;
  if (owner === customer || owner === null) return;
  if (customer !== null) throw notTheirs(object.id);
  const owned = typeof owner === 'string' ? owner : owner.id;
  throw invalid(
    `The payment method \`${object.id}\` belongs to the Customer \`${owned}\`. Please include the Customer in the ` +
      '`customer` parameter on the PaymentIntent.',
    'payment_method',
  );
}

/** The method is not one of the customer's. */
export function notTheirs(methodId: string): Error {
  const message =
    `The customer does not have a payment method with the ID ${methodId}. The payment method must be attached to ` +
    'the customer.';
  return invalid(message, 'payment_method', 'resource_missing');
}
