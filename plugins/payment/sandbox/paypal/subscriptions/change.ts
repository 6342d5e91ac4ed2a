import { unprocessableAs } from '../api/errors.ts';
import { readBody } from '../api/input.ts';
import type { Call, Result } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import type { PlanRecord, SubscriptionRecord } from '../store/subscription-records.ts';
import { nextPeriodOf, scheduleBilling } from './bill.ts';
import { emitSubscription, saveSubscription } from './events.ts';
import { activateSchema, reasonSchema } from './params.ts';

type Status = SubscriptionRecord['status'];

/** `POST …/{id}/cancel`: for good. */
export const cancelSubscription = stops('cancel', ['ACTIVE', 'SUSPENDED'], 'CANCELLED');

/** `POST …/{id}/suspend`: nothing is charged until it is activated. */
export const suspendSubscription = stops('suspend', ['ACTIVE'], 'SUSPENDED');

function stops(action: string, allowed: readonly Status[], status: 'CANCELLED' | 'SUSPENDED') {
  return (call: Call, id: string): Result => {
    const { account, body } = call;
    const { reason: note } = readBody(reasonSchema, body);
    const found = inStatus(call, id, action, allowed);
    account.store.delete('job', id);
    emitSubscription(account, status, saveSubscription(account, found, { status, note }));
    return { status: 204 };
  };
}

/** `POST …/{id}/activate`: it goes on with the next period; those that passed meanwhile are not charged. */
export function activateSubscription(call: Call, id: string): Result {
  const { account } = call;
  const { reason: note } = readBody(activateSchema, call.body);
  const found = inStatus(call, id, 'activate', ['SUSPENDED']);
  const plan = account.store.get('plan', found.planId);
  const place = plan ? skipTo(account.nowMs(), plan, found) : found;
  const changes = { ...place, status: 'ACTIVE', note, failures: 0, retry: undefined } as const;
  const active = saveSubscription(account, found, changes);
  scheduleBilling(account, active);
  emitSubscription(account, 'RE-ACTIVATED', active);
  return { status: 204 };
}

/** Where billing stands once the periods that began before then are passed over. */
function skipTo(timeMs: number, plan: PlanRecord, subscription: SubscriptionRecord): SubscriptionRecord {
  let place = subscription;
  while (place.nextAt !== undefined && Date.parse(place.nextAt) < timeMs) {
    place = { ...place, ...nextPeriodOf(plan, place) };
  }
  return place;
}

function inStatus(
  { account }: Call,
  id: string,
  action: string,
  allowed: readonly Status[],
): SubscriptionRecord {
  const found = stored(account, 'subscription', id);
  if (allowed.includes(found.status)) return found;
  throw unprocessableAs(
    'SUBSCRIPTION_STATUS_INVALID',
    `Invalid subscription status for ${action} action; subscription status should be ` +
      `${allowed.join(' or ').toLowerCase()}.`,
  );
}
