import { readBody } from '../api/body.ts';
import type { Call, Made } from '../api/call.ts';
import { notFound, unprocessable } from '../api/errors.ts';
import { findPlan } from '../catalog/plans.ts';
import { newSubscriptionId } from '../ids.ts';
import type { SubscriptionRecord } from '../store/subscription-records.ts';
import type { Account } from '../account.ts';
import { isoTime, nowIso } from '../account.ts';
import { emitSubscription } from './events.ts';
import { subscriptionSchema } from './params.ts';
import { subscriptionMinimal, subscriptionView } from './view.ts';

/** `POST /v1/billing/subscriptions`: the payer has to approve it. */
export function createSubscription(call: Call): Made {
  const { account } = call;
  const params = readBody(subscriptionSchema, call.body);
  const plan = findPlan(account, params.plan_id);
  if (plan.status !== 'ACTIVE') {
    throw unprocessable('PLAN_STATUS_INVALID', 'Invalid plan status for subscription creation.', '/plan_id');
  }
  if (params.quantity !== undefined && params.quantity !== '1' && !plan.quantitySupported) {
    throw unprocessable(
      'SUBSCRIPTION_CANNOT_HAVE_QUANTITY',
      'Subscription can’t have quantity as the plan does not support quantity.',
      '/quantity',
    );
  }
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
  return { status: 201, ...showSubscription(call, made.id) };
}

/** A subscription as the request wants to see it. */
export function showSubscription(
  { representation, account }: Call,
  id: string,
): { body: object; ref: string } {
  const found = findSubscription(account, id);
  return {
    body: representation ? subscriptionView(account, found) : subscriptionMinimal(account, found),
    ref: id,
  };
}

/** `GET /v1/billing/subscriptions/{id}`. */
export function getSubscription({ account }: Call, id: string): Made {
  return { status: 200, body: subscriptionView(account, findSubscription(account, id)) };
}

/** The subscription, or a 404. */
export function findSubscription(account: Account, id: string): SubscriptionRecord {
  const found = account.store.get('subscription', id);
  if (!found) throw notFound();
  return found;
}
