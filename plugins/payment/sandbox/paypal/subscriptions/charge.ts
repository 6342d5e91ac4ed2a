import { newId } from '../ids.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { PlanRecord, SubscriptionRecord } from '../store/subscription-records.ts';
import type { Account } from '../account.ts';
import { emitSaleCompleted } from './sale-view.ts';
import { saveSubscription } from './events.ts';

/** Takes money of a subscriber at that time: a sale. Nothing is taken when the next charges are to fail. */
export function charge(
  account: Account,
  plan: PlanRecord,
  subscription: SubscriptionRecord,
  { amountMinor, at }: { readonly amountMinor: number; readonly at: string },
): { readonly paid: boolean; readonly subscription: SubscriptionRecord } {
  if (amountMinor === 0) return { paid: true, subscription };
  if (subscription.failNext > 0) {
    const failNext = subscription.failNext - 1;
    return { paid: false, subscription: saveSubscription(account, subscription, { failNext }) };
  }
  const sale: CaptureRecord = {
    id: newId(),
    subscriptionId: subscription.id,
    status: 'COMPLETED',
    final: true,
    currency: plan.currency,
    amountMinor,
    customId: subscription.customId,
    createdAt: at,
    updatedAt: at,
  };
  account.store.put('capture', sale.id, sale);
  emitSaleCompleted(account, sale);
  const saleIds = [...subscription.saleIds, sale.id];
  const lastPayment = { amountMinor, at };
  return { paid: true, subscription: saveSubscription(account, subscription, { saleIds, lastPayment }) };
}
