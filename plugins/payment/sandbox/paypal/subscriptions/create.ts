import { isoTime, nowIso } from '../account.ts';
import { unprocessable } from '../api/errors.ts';
import { readBody } from '../api/input.ts';
import type { Call } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import { newSubscriptionId } from '../ids.ts';
import type { SubscriptionRecord } from '../store/subscription-records.ts';
import { emitSubscription } from './events.ts';
import { subscriptionSchema } from './params.ts';

/** `POST /v1/billing/subscriptions`: the payer has to approve it. */
export function createSubscription({ account, body }: Call): string {
  const params = readBody(subscriptionSchema, body);
  const plan = stored(account, 'plan', params.plan_id);
  if (plan.status !== 'ACTIVE') throw unprocessable('PLAN_STATUS_INVALID', '/plan_id');
  if (params.quantity !== undefined && params.quantity !== '1' && !plan.quantitySupported)
    throw unprocessable('SUBSCRIPTION_CANNOT_HAVE_QUANTITY', '/quantity');
  const at = nowIso(account);
  const startAt = isoTime(Math.max(params.start_time ?? 0, account.nowMs()));
  const made: SubscriptionRecord = {
    id: newSubscriptionId(),
    planId: plan.id,
    status: 'APPROVAL_PENDING',
    statusAt: at,
    startAt,
    quantity: Number(params.quantity ?? '1'),
    customId: params.custom_id,
    email: params.subscriber?.email_address,
    returnUrl: params.application_context?.return_url,
    cancelUrl: params.application_context?.cancel_url,
    cycle: 0,
    cycleFrom: startAt,
    periods: 0,
    completed: plan.cycles.map(() => 0),
    failures: 0,
    outstandingMinor: 0,
    failNext: 0,
    saleIds: [],
    createdAt: at,
    updatedAt: at,
  };
  account.store.put('subscription', made.id, made);
  emitSubscription(account, 'CREATED', made);
  return made.id;
}
