import { newId } from '../ids.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { PlanRecord, SubscriptionRecord } from '../store/subscription-records.ts';
import type { World } from '../world.ts';
import { emitSaleCompleted } from './sale-events.ts';
import { saveSubscription } from './save.ts';

/** Takes money of a subscriber at that time: a sale. Nothing is taken when the next charges are to fail. */
export function charge(
  world: World,
  plan: PlanRecord,
  subscription: SubscriptionRecord,
  { amountMinor, at }: { readonly amountMinor: number; readonly at: string },
): { readonly paid: boolean; readonly subscription: SubscriptionRecord } {
  if (amountMinor === 0) return { paid: true, subscription };
  if (subscription.failNext > 0) {
    const failNext = subscription.failNext - 1;
    return { paid: false, subscription: saveSubscription(world, subscription, { failNext }) };
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
  world.store.put('capture', sale.id, sale);
  emitSaleCompleted(world, sale);
  const saleIds = [...subscription.saleIds, sale.id];
  const lastPayment = { amountMinor, at };
  return { paid: true, subscription: saveSubscription(world, subscription, { saleIds, lastPayment }) };
}
