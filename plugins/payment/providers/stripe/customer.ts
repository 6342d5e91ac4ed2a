import type Stripe from 'stripe';
import type { CustomerSnapshot } from '../../customers/model/snapshots.ts';
import { CUSTOMER_ID_KEY } from '../metadata-keys.ts';
import { expectObject } from './answers.ts';
import { markIn } from './marks.ts';

/** A customer as a snapshot. Of a deleted one Stripe shows its id, and that it is deleted. */
export function toCustomer(answer: Stripe.Customer | Stripe.DeletedCustomer): CustomerSnapshot {
  const customer = expectObject(answer, 'customer');
  const { id: ref } = customer;
  if (customer.deleted === true) return { ref, status: 'deleted' };
  const { email, name, metadata } = customer;
  return {
    ref,
    status: 'active',
    customerId: metadata[CUSTOMER_ID_KEY],
    ...markIn(metadata),
    email: email ?? undefined,
    name: name ?? undefined,
  };
}
