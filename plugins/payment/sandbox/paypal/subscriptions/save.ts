import type { SubscriptionRecord } from '../store/subscription-records.ts';
import { type Account, nowIso } from '../account.ts';

/** Keeps the subscription with changes; a new status is stamped. */
export function saveSubscription(
  account: Account,
  subscription: SubscriptionRecord,
  changes: Partial<SubscriptionRecord>,
): SubscriptionRecord {
  const at = nowIso(account);
  const turned = changes.status !== undefined && changes.status !== subscription.status;
  const changed = { ...subscription, ...changes, ...(turned ? { statusAt: at } : {}), updatedAt: at };
  account.store.put('subscription', changed.id, changed);
  return changed;
}
