import type { SubscriptionRecord } from '../store/subscription-records.ts';
import type { World } from '../world.ts';
import { nowIso } from '../world.ts';

/** Keeps the subscription with changes; a new status is stamped. */
export function saveSubscription(
  world: World,
  subscription: SubscriptionRecord,
  changes: Partial<SubscriptionRecord>,
): SubscriptionRecord {
  const at = nowIso(world);
  const turned = changes.status !== undefined && changes.status !== subscription.status;
  const changed = { ...subscription, ...changes, ...(turned ? { statusAt: at } : {}), updatedAt: at };
  world.store.put('subscription', changed.id, changed);
  return changed;
}
