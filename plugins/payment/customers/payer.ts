import type { Customer } from './model/customer.ts';
import { isId } from '../engine/model/ids.ts';
import { problem } from '../errors.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Flow } from '../services.ts';
import { findCustomer } from '../api/checks.ts';
import { readyCustomer } from './customer-commands.ts';
import { findMethod } from './repositories.ts';

/** A customer and a payment method, as the caller names them. */
export interface PayerInput {
  readonly customerId?: string | undefined;
  /** The id of a saved method, or the provider's token. */
  readonly paymentMethodId?: string | undefined;
  readonly provider?: string | undefined;
  /** Whether the customer's default method is used when none is named, where the provider can charge it. */
  readonly orDefault?: boolean | undefined;
}

/** The same, by the provider's ids. */
export interface Payer {
  readonly customer: Customer;
  readonly methodRef?: string | undefined;
  /** The method is a saved one of this customer. */
  readonly saved: boolean;
}

/**
 * Resolves the customer and the payment method.
 * @throws ProblemError 404 for an id that the caller does not own, 422 for a customer of another provider
 */
export async function payerOf(
  flow: Flow,
  tenant: string,
  { customerId, paymentMethodId, provider, orDefault = false }: PayerInput,
): Promise<Payer | undefined> {
  if (customerId === undefined) {
    if (!isId('pm', paymentMethodId)) return undefined;
    throw problem('invalid-request', { detail: 'A saved paymentMethodId needs its customerId.' });
  }
  const found = await findCustomer({ caller: { tenant }, services: flow.services }, customerId);
  if (provider !== undefined && provider !== found.provider) {
    throw problem('customer-of-other-provider', { extensions: { customerId, provider: found.provider } });
  }
  const customer = await readyCustomer(flow, found);
  const named = paymentMethodId ?? (orDefault ? await defaultOf(flow, customer) : undefined);
  if (named === undefined) return { customer, saved: false };
  const method = await savedMethodRef(flow, customer, named);
  return { customer, methodRef: method ?? named, saved: method !== undefined };
}

async function defaultOf({ services }: Flow, customer: Customer): Promise<string | undefined> {
  const { capabilities } = await services.provider(customer.provider as ProviderName);
  return capabilities.savedMethods ? customer.defaultMethodId : undefined;
}

/** The provider's id of a saved method; undefined for a token that is not saved. */
async function savedMethodRef(flow: Flow, customer: Customer, named: string): Promise<string | undefined> {
  const method = await findMethod(flow, customer, named);
  if (!isId('pm', named) && method?.status !== 'active') return undefined;
  if (method === undefined) throw problem('payment-method-not-found');
  if (method.status === 'active' && method.ref !== undefined) return method.ref;
  throw problem(method.status === 'detached' ? 'payment-method-not-found' : 'invalid-state', {
    extensions: { paymentMethodId: named, paymentMethodStatus: method.status },
  });
}
