import type { OperationContext } from '#runtime/contract/operation.ts';
import { holdsCardNumber } from '../domain/card-data.ts';
import type { Customer } from '../domain/customer.ts';
import { isId } from '../domain/ids.ts';
import { problem } from '../errors.ts';
import { type Flow, providerBudgetMs } from '../flows/flow.ts';
import { DEPLOYMENT_KEY, ORDER_REFERENCE_KEY, PAYMENT_ID_KEY } from '../providers/provider.ts';
import type { Services } from '../services.ts';

/** The keys that say whose object it is in the provider's metadata. */
const RESERVED: readonly string[] = [
  PAYMENT_ID_KEY,
  ORDER_REFERENCE_KEY,
  'customer_id',
  'subscription_id',
  'refund_id',
  DEPLOYMENT_KEY,
];

/** What no call may carry. @throws ProblemError 400 */
export function checkText(given: { readonly metadata?: Readonly<Record<string, string>> | undefined }): void {
  if (holdsCardNumber(given)) throw problem('card-data-refused');
  const taken = RESERVED.find((key) => key in (given.metadata ?? {}));
  if (taken !== undefined) {
    throw problem('invalid-request', { detail: `The metadata key ${taken} is reserved.` });
  }
}

/** @throws ProblemError 503 when a call to the provider must not be begun any more */
export function checkTime(flow: Flow): void {
  if (providerBudgetMs(flow) === undefined) throw problem('provider-unavailable');
}

/** The caller's customer, read strongly. @throws ProblemError 404, for another tenant's customer too */
export async function findCustomer(
  { caller, services }: OperationContext<unknown, Services>,
  id: string,
): Promise<Customer> {
  const customer = isId('cus', id) ? await services.customers.get(id) : undefined;
  if (customer === undefined || customer.tenant !== caller.tenant) throw problem('customer-not-found');
  return customer;
}
