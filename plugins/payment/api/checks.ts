import type { OperationContext } from '#runtime/contract/operation.ts';
import { holdsCardNumber } from './card-data.ts';
import type { Customer } from '../customers/model/customer.ts';
import { type IdPrefix, isId } from '../engine/model/ids.ts';
import { type PaymentErrorCode, problem } from '../errors.ts';
import { providerBudgetMs } from '../engine/flow.ts';
import { OWN_METADATA_KEYS } from '../providers/metadata-keys.ts';
import type { Flow, Services } from '../services.ts';
import type { Subscription } from '../subscriptions/model/subscription.ts';

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

/** Who asks, and where the records are. */
interface Reader {
  readonly caller: Pick<OperationContext<unknown, Services>['caller'], 'tenant'>;
  readonly services: Services;
}

/** The caller's customer, read strongly consistent. @throws ProblemError 404, for another tenant's customer too */
export const findCustomer = (reader: Reader, id: string): Promise<Customer> =>
  find(reader, 'cus', id, reader.services.customers, 'customer-not-found');

/** The same for a subscription. */
export const findSubscription = (reader: Reader, id: string): Promise<Subscription> =>
  find(reader, 'sub', id, reader.services.subscriptions, 'subscription-not-found');

async function find<T extends { readonly tenant: string }>(
  { caller }: Reader,
  prefix: IdPrefix,
  id: string,
  store: { get(id: string): Promise<T | undefined> },
  missing: PaymentErrorCode,
): Promise<T> {
  const found = isId(prefix, id) ? await store.get(id) : undefined;
  if (found === undefined || found.tenant !== caller.tenant) throw problem(missing);
  return found;
}
