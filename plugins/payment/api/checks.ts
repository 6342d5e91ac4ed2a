import type { OperationContext } from '#runtime/contract/operation.ts';
import { holdsCardNumber } from './card-data.ts';
import type { Customer } from '../customers/model/customer.ts';
import { isId } from '../engine/model/ids.ts';
import { problem } from '../errors.ts';
import { providerBudgetMs } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { OWN_METADATA_KEYS } from '../providers/metadata-keys.ts';
import type { Services } from '../services.ts';

/** Rejects card numbers and reserved metadata keys. @throws ProblemError 400 */
export function checkText(given: { readonly metadata?: Readonly<Record<string, string>> | undefined }): void {
  if (holdsCardNumber(given)) throw problem('card-data-refused');
  const reserved = OWN_METADATA_KEYS.find((key) => Object.hasOwn(given.metadata ?? {}, key));
  if (reserved !== undefined) {
    throw problem('invalid-request', { detail: `The metadata key ${reserved} is reserved.` });
  }
}

/** Rejects a call that has too little time left to call the provider. @throws ProblemError 503 */
export function checkTime(flow: Flow): void {
  if (providerBudgetMs(flow) === undefined) throw problem('provider-unavailable');
}

/** The caller's customer, read strongly consistent. @throws ProblemError 404, for another tenant's customer too */
export async function findCustomer(
  { caller, services }: OperationContext<unknown, Services>,
  id: string,
): Promise<Customer> {
  const customer = isId('cus', id) ? await services.customers.get(id) : undefined;
  if (customer === undefined || customer.tenant !== caller.tenant) throw problem('customer-not-found');
  return customer;
}
