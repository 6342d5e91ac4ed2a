import type { ChangeContext } from '../../payments/model/change.ts';
import { type Change, changeOf, createdIn } from '../../payments/model/change.ts';
import { type Merged, merge } from '../../payments/model/merge.ts';
import { type Payment, initialPaymentState } from '../../payments/model/payment.ts';
import type { Snapshot } from '../../payments/model/snapshot.ts';
import type { Subscription } from './subscription.ts';

/**
 * A charge of a subscription as a payment: made at the provider, so it begins with what the provider shows.
 * Limits of payments do not hold for it. Pure.
 */
export function renewalPayment(
  subscription: Subscription,
  snapshot: Snapshot,
  ids: { readonly paymentId: string; readonly operationId: string },
  context: ChangeContext,
): Change & { readonly merged: Merged } {
  const at = context.now.toISOString();
  const before: Payment = {
    id: ids.paymentId,
    tenant: subscription.tenant,
    provider: subscription.provider,
    livemode: subscription.livemode,
    ...initialPaymentState,
    amountMinor: snapshot.amountMinor,
    currency: snapshot.currency,
    captureMethod: 'automatic',
    customerId: subscription.customerId,
    subscriptionId: subscription.id,
    metadata: {},
    operation: { id: ids.operationId, kind: 'create', status: 'succeeded' },
    ...createdIn(context),
    version: 0,
    seq: 0,
    createdAt: at,
    updatedAt: at,
  };
  const merged = merge(before, snapshot);
  return { ...changeOf(before, merged.payment, merged, context, { from: null }), merged };
}
