import type Stripe from 'stripe';
import type { SubscriptionRequest, Subscriptions } from '../subscriptions.ts';
import type { SubscriptionSnapshot } from '../../subscriptions/model/snapshots.ts';
import { ProviderError } from '../provider-error.ts';
import { SUBSCRIPTION_ID_KEY } from '../metadata-keys.ts';
import { type ProviderCall } from '../provider-call.ts';
import { secondsOf } from './answers.ts';
import { callStripe, keyed } from './client.ts';
import { createdSince } from './find-intent.ts';
import { deploymentMark } from './marks.ts';
import { everyPage } from './paging.ts';
import { listRenewals, retrieveRenewal } from './renewals.ts';
import { required, convergeOnRefusal } from './refusals.ts';
import { isCollectionPaused, toSubscription } from './subscription.ts';

/** Expands the client secret of the first invoice. */
const WITH_SECRET = { expand: ['latest_invoice.confirmation_secret'] };

const ENDED: ReadonlySet<SubscriptionSnapshot['status']> = new Set(['canceled', 'expired']);

/** Subscriptions of Stripe; each charge of one is an invoice. */
export function stripeSubscriptions(stripe: Stripe): Subscriptions {
  const { subscriptions } = stripe;
  const retrieve = (ref: string, call: ProviderCall): Promise<SubscriptionSnapshot> =>
    callStripe(call, async (options) =>
      toSubscription(await subscriptions.retrieve(ref, WITH_SECRET, options)),
    );
  return {
    async create(request, call) {
      const params = toSubscriptionParams(request);
      return callStripe(keyed(call), async (options) =>
        toSubscription(await subscriptions.create(params, options)),
      );
    },
    retrieve,
    async find({ subscriptionId, customerRef, createdAt }, call) {
      // Without a customer Stripe makes none.
      if (customerRef === undefined) return undefined;
      const query = { customer: customerRef, status: 'all', created: createdSince(createdAt) } as const;
      const all = await everyPage(call, (page, options) =>
        subscriptions.list({ ...page, ...query }, options),
      );
      const found = all.find(({ metadata }) => metadata[SUBSCRIPTION_ID_KEY] === subscriptionId);
      return found && retrieve(found.id, { budgetMs: call.budgetMs });
    },
    async cancel({ ref, atPeriodEnd }, call) {
      const ending = callStripe(keyed(call), async (options) =>
        toSubscription(
          atPeriodEnd
            ? await subscriptions.update(ref, { cancel_at_period_end: true }, options)
            : // Stripe ignores keys for DELETE: a repeated call finds the subscription canceled.
              await subscriptions.cancel(ref, {}, { timeout: options.timeout }),
        ),
      );
      return convergeOnRefusal(ending, async (refusal) => {
        const found = await retrieve(ref, { budgetMs: call.budgetMs });
        if (!ENDED.has(found.status)) return undefined;
        if (!atPeriodEnd || found.cancelAtPeriodEnd) return found;
        // It ended at once, which is not what was asked for.
        throw new ProviderError({ ...refusal.details, class: 'already_done' }, { cause: refusal });
      });
    },
    async resume({ ref }, call) {
      const endsAt = Date.now() + keyed(call).budgetMs;
      const left = () => ({ ...call, budgetMs: endsAt - Date.now() });
      const found = await callStripe({ budgetMs: left().budgetMs }, (options) =>
        subscriptions.retrieve(ref, WITH_SECRET, options),
      );
      const snapshot = toSubscription(found);
      if (ENDED.has(snapshot.status))
        throw new ProviderError({ class: 'already_done', code: 'subscription_ended' });
      const changes = resumption(found);
      const updated =
        changes === undefined
          ? snapshot
          : await callStripe(left(), async (options) =>
              toSubscription(await subscriptions.update(ref, changes, options)),
            );
      if (found.status !== 'paused') return updated;
      const idempotencyKey = `${call.idempotencyKey}-paused`;
      return callStripe({ ...left(), idempotencyKey }, async (options) =>
        toSubscription(await subscriptions.resume(ref, {}, options)),
      );
    },
    retrieveRenewal: (ref, call) => retrieveRenewal(stripe, ref, call),
    listRenewals: ({ ref, since, until }, call) => {
      const created = { gte: secondsOf(since), ...(until !== undefined && { lte: secondsOf(until) }) };
      return listRenewals(stripe, { ref, created }, call);
    },
  };
}

/**
 * The parameters that revoke a scheduled cancellation and a paused collection; Stripe accepts one way of ending at
 * a time.
 */
function resumption(subscription: Stripe.Subscription): Stripe.SubscriptionUpdateParams | undefined {
  const { cancel_at: cancelAt, cancel_at_period_end: ends } = subscription;
  const paused = isCollectionPaused(subscription);
  if (!ends && cancelAt === null && !paused) return undefined;
  return {
    ...(ends && { cancel_at_period_end: false }),
    ...(!ends && cancelAt !== null && { cancel_at: '' as const }),
    ...(paused && { pause_collection: '' as const }),
    ...WITH_SECRET,
  };
}

/** Begins unpaid: the payer confirms the first invoice, which makes the method the subscription's own. */
function toSubscriptionParams(request: SubscriptionRequest): Stripe.SubscriptionCreateParams {
  const { methodRef, subscriptionId } = request;
  return {
    customer: required(request.customerRef, 'customer'),
    items: [{ price: request.planId, quantity: request.quantity }],
    payment_behavior: 'default_incomplete',
    payment_settings: { save_default_payment_method: 'on_subscription' },
    ...(methodRef !== undefined && { default_payment_method: methodRef }),
    metadata: { ...request.metadata, [SUBSCRIPTION_ID_KEY]: subscriptionId, ...deploymentMark(request) },
    ...WITH_SECRET,
  };
}
