import type { Subscription } from '../subscriptions/model/subscription.ts';
import { hasEnded, isLive } from '../subscriptions/model/subscription-status.ts';
import { type PaymentProvider } from '../providers/provider.ts';
import { ProviderError } from '../providers/provider-error.ts';
import { type ProviderCall } from '../providers/provider-call.ts';
import { recordDeletion } from './sync-customer.ts';
import type { Flow } from '../services.ts';
import type { StoredRefusal } from '../engine/call-provider.ts';
import { type CustomerCommand, aboutCustomer } from './about-customer.ts';

/** The error code for a customer with live subscriptions. */
const SUBSCRIPTIONS_LIVE = 'subscriptions_live';

/**
 * Deletes a customer with its payment methods. Its subscriptions are canceled first if requested; otherwise a live
 * one blocks the deletion. No subscription can be created while this runs, so none is missed.
 */
export function customerDeletion(flow: Flow, customerId: string): CustomerCommand<true> {
  return {
    ...aboutCustomer(flow, customerId),
    successStatus: 200,
    async request(provider, { root }, call) {
      const endsAt = Date.now() + call.budgetMs;
      const left = () => ({ ...call, budgetMs: endsAt - Date.now() });
      const cancelSubscriptions = root.deletion?.cancelSubscriptions ?? false;
      const open = (await flow.services.subscriptions.ofCustomer(customerId)).filter(
        ({ status }) => !hasEnded(status),
      );
      if (!cancelSubscriptions && open.some(({ status }) => isLive(status)))
        throw new ProviderError({ class: 'invalid', code: SUBSCRIPTIONS_LIVE });
      for (const subscription of open) await cancel(provider, subscription, left());
      const { ref } = root;
      if (ref !== undefined) await provider.customers.delete({ ref, cancelSubscriptions }, left());
      await recordDeletion(flow, customerId, { ref: ref ?? '', status: 'deleted' });
      return true;
    },
    // `recordDeletion` has already marked the customer as deleted.
    onSuccess: ({ root, parts }) => ({ root: { ...root, deletion: undefined }, parts }),
    onFailure: ({ root, parts }) => ({ root: { ...root, deletion: undefined }, parts }),
    refusal: async (_state, { code }): Promise<StoredRefusal | undefined> =>
      code === SUBSCRIPTIONS_LIVE
        ? {
            kind: 'problem',
            code: 'customer-has-subscriptions',
            detail: 'Cancel its subscriptions first, or give cancelSubscriptions: true.',
            extensions: { customerId },
          }
        : undefined,
  };
}

/** Cancels a subscription immediately; one that never became active and cannot be canceled expires by itself. */
async function cancel(
  provider: PaymentProvider,
  { id, ref, status }: Subscription,
  call: ProviderCall,
): Promise<void> {
  if (ref === undefined) return;
  try {
    const idempotencyKey = `${call.idempotencyKey}-${id}`;
    await provider.subscriptions.cancel({ ref, atPeriodEnd: false }, { ...call, idempotencyKey });
  } catch (error) {
    const refused =
      error instanceof ProviderError && ['invalid', 'already_done'].includes(error.details.class);
    if (!refused || isLive(status)) throw error;
  }
}
