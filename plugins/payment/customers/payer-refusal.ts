import { findMethod, methodOf, methodRepository } from './repositories.ts';
import { ProblemError } from '#runtime/contract/errors.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import { syncCustomer } from './sync-customer.ts';
import type { Flow } from '../services.ts';
import { syncMethod } from './sync-payment-methods.ts';
import type { StoredRefusal } from '../engine/call-provider.ts';

/** The customer and saved method that a provider call used. */
interface UsedPayer {
  readonly customerId: string | undefined;
  /** The provider's id of the method. */
  readonly methodRef?: string | undefined;
}

/** Request parameters that name a customer or a method of it. */
const PAYER_PARAMS: ReadonlySet<string> = new Set(['customer', 'payment_method', 'default_payment_method']);

/**
 * The response to a rejection because the customer or the method no longer exists at the provider. Both are
 * fetched, so that the deletion is recorded here. Undefined for any other rejection.
 */
export async function refusalByPayer(
  flow: Flow,
  used: UsedPayer,
  { class: errorClass, missing = false, param }: ProviderErrorDetails,
): Promise<StoredRefusal | undefined> {
  const about = missing || (param !== undefined && PAYER_PARAMS.has(param));
  if (errorClass !== 'invalid' || !about) return undefined;
  try {
    return (await byCustomer(flow, used)) ?? (await byMethod(flow, used));
  } catch (error) {
    // The rejection is returned without its cause, which the next check of the customer finds.
    if (!(error instanceof ProblemError)) throw error;
    flow.log.warn('A rejected customer could not be fetched', { ...used, code: error.code });
    return undefined;
  }
}

/** The stored 409 for any use of a deleted customer. */
const deletedCustomer = (customerId: string): StoredRefusal => ({
  kind: 'problem',
  code: 'customer-deleted',
  extensions: { customerId },
});

async function byCustomer(flow: Flow, { customerId }: UsedPayer): Promise<StoredRefusal | undefined> {
  let customer = customerId === undefined ? undefined : await flow.services.customers.get(customerId);
  if (customer?.ref === undefined) return undefined;
  if (customer.status !== 'deleted') customer = (await syncCustomer(flow, customer, customer.ref)).state.root;
  return customer.status === 'deleted' ? deletedCustomer(customer.id) : undefined;
}

async function byMethod(
  flow: Flow,
  { customerId = '', methodRef }: UsedPayer,
): Promise<StoredRefusal | undefined> {
  if (customerId === '' || methodRef === undefined) return undefined;
  const customer = await flow.services.customers.get(customerId);
  const known = customer && (await findMethod(flow, customer, methodRef));
  if (known === undefined) return undefined;
  const { state } = await syncMethod(flow, methodRepository(flow, customerId, known.id), methodRef);
  const { id: paymentMethodId, status: paymentMethodStatus } = methodOf(state);
  if (paymentMethodStatus !== 'detached') return undefined;
  const extensions = { customerId, paymentMethodId, paymentMethodStatus };
  return { kind: 'problem', code: 'payment-method-not-found', extensions };
}
