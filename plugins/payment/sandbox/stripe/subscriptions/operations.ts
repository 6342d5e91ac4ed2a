import type Stripe from 'stripe';
import { nowSeconds } from '../account.ts';
import { invalid, noSuch, notAllowed } from '../api/errors.ts';
import { type Page, page } from '../api/lists.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { oneOf, readParams, texts } from '../api/params.ts';
import { type Call, del, get, post } from '../api/route.ts';
import { retrieve, stored } from '../api/stored.ts';
import { voidInvoice } from '../invoices/settle.ts';
import { idOf } from '../methods/methods.ts';
import { checkedMethod, createSubscription, recurringPrice } from './create.ts';
import { changeSubscription, endSubscription, scheduleRenewal } from './lifecycle.ts';
import { planOf } from './object.ts';
import { cancelParams, listSubscriptionParams, updateParams } from './params.ts';

const ENDED = ['canceled', 'incomplete_expired'];

type Changes = ReturnType<typeof readParams<typeof updateParams>>;

/** `/v1/subscriptions`. */
export const subscriptionRoutes = [
  post('/v1/subscriptions', createSubscription),
  get('/v1/subscriptions', listSubscriptions),
  get('/v1/subscriptions/{id}', retrieve('subscription')),
  post('/v1/subscriptions/{id}', updateSubscription),
  del('/v1/subscriptions/{id}', cancelSubscription),
  post('/v1/subscriptions/{id}/resume', resumeSubscription),
];

/** `GET /v1/subscriptions`: without a status all but the canceled ones. */
function listSubscriptions(call: Call): Page<Stripe.Subscription> {
  const query = readParams(listSubscriptionParams, call.form);
  const fits = (status: string): boolean => {
    if (query.status === undefined) return status !== 'canceled';
    if (query.status === 'ended') return ENDED.includes(status);
    return query.status === 'all' || status === query.status;
  };
  const all = call.account.store.all('subscription');
  const fitting = all
    .filter(({ status }) => fits(status))
    .filter(({ customer }) => query.customer === undefined || customer === query.customer)
    .filter(({ items }) => {
      return query.price === undefined || items.data.some(({ price }) => price.id === query.price);
    });
  return page(fitting, query, call.path);
}

/** `POST /v1/subscriptions/{id}`; other prices and quantities hold from the next period on. */
function updateSubscription(call: Call, id: string): Stripe.Subscription {
  const params = readParams(updateParams, call.form);
  const subscription = stored(call.account, 'subscription', id);
  const details = { ...NO_DETAILS, ...subscription.cancellation_details, ...params.cancellation_details };
  const metadata = mergeMetadata(subscription.metadata, params.metadata);
  const others = Object.keys(params).filter((name) => !ALWAYS_CHANGEABLE.includes(name));
  if (ENDED.includes(subscription.status) && others.length > 0) {
    const message = 'A canceled subscription can only update its cancellation_details and metadata.';
    throw notAllowed(message);
  }
  const method = checkedMethod(call.account, idOf(subscription.customer), params.default_payment_method);
  const save = params.payment_settings?.save_default_payment_method;
  const settings = subscription.payment_settings;
  const changed = changeSubscription(call, subscription, {
    ...(params.cancellation_details ? { cancellation_details: details } : {}),
    ...(params.metadata === undefined ? {} : { metadata }),
    ...(params.description === undefined ? {} : { description: params.description }),
    ...(method === null ? {} : { default_payment_method: method }),
    ...(save === undefined || !settings
      ? {}
      : { payment_settings: { ...settings, save_default_payment_method: save } }),
    ...(params.items === undefined ? {} : { items: otherItems(call, subscription, params.items) }),
    ...(params.pause_collection === undefined ? {} : { pause_collection: pausedAs(params.pause_collection) }),
    ...ending(call, subscription, params, details),
  });
  if (changed.ended_at === null && changed.status !== 'incomplete') scheduleRenewal(call.account, changed);
  return changed;
}

type ItemChanges = NonNullable<Changes['items']>;

function otherItems(
  { account }: Call,
  { items }: Stripe.Subscription,
  asked: ItemChanges,
): Stripe.Subscription['items'] {
  for (const { id } of asked) {
    const ours = items.data.some((item) => item.id === id);
    if (!ours) throw noSuch('subscription_item', id ?? '', 'items[0][id]', 400);
  }
  const data = items.data.map((item) => {
    const { price: priceId, quantity = item.quantity } = asked.find(({ id }) => id === item.id) ?? {};
    const price = priceId === undefined ? item.price : recurringPrice(account, priceId, 'items[0][price]');
    return { ...item, price, plan: planOf(price), quantity } as Stripe.SubscriptionItem;
  });
  return { ...items, data };
}

const pausedAs = (given: Changes['pause_collection']): Stripe.Subscription['pause_collection'] =>
  given === null || given === undefined
    ? null
    : { behavior: given.behavior ?? 'keep_as_draft', resumes_at: null };

const ALWAYS_CHANGEABLE = ['cancellation_details', 'expand', 'metadata'];
const NO_DETAILS = { comment: null, feedback: null, feedback_option: null, reason: null };

function ending(
  call: Call,
  { cancel_at_period_end: before, items }: Stripe.Subscription,
  { cancel_at: at, cancel_at_period_end: flag }: Changes,
  details: Stripe.Subscription.CancellationDetails,
): Partial<Stripe.Subscription> {
  if (at !== undefined) {
    if (flag !== undefined) {
      throw invalid('You may only specify one of these parameters: cancel_at, cancel_at_period_end.');
    }
    const reason = at === null ? null : 'cancellation_requested';
    return {
      cancel_at: at,
      cancel_at_period_end: false,
      canceled_at: at === null ? null : nowSeconds(call.account),
      cancellation_details: { ...details, reason },
    };
  }
  if (flag === undefined || flag === before) return {};
  return {
    cancel_at_period_end: flag,
    cancel_at: flag ? (items.data[0]?.current_period_end ?? null) : null,
    canceled_at: flag ? nowSeconds(call.account) : null,
    cancellation_details: { ...details, reason: flag ? 'cancellation_requested' : null },
  };
}

/** `DELETE /v1/subscriptions/{id}`: at once; the first invoice of one that was never paid is void. */
function cancelSubscription(call: Call, id: string): Stripe.Subscription {
  const params = readParams(cancelParams, call.form);
  const subscription = stored(call.account, 'subscription', id);
  if (ENDED.includes(subscription.status)) throw noSuch('subscription', id, 'id');
  const details = { ...NO_DETAILS, ...subscription.cancellation_details, ...params.cancellation_details };
  return cancelNow(call, { ...subscription, cancellation_details: details });
}

/** Ends a subscription on request. */
export function cancelNow(call: Call, subscription: Stripe.Subscription): Stripe.Subscription {
  const invoice = call.account.store.get('invoice', idOf(subscription.latest_invoice));
  if (subscription.status === 'incomplete' && invoice) voidInvoice(call, invoice);
  return endSubscription(call, subscription, 'cancellation_requested');
}

const resumeParams = {
  billing_cycle_anchor: oneOf('now', 'unchanged'),
  expand: texts,
  proration_behavior: oneOf('always_invoice', 'create_prorations', 'none'),
};

/** `POST /v1/subscriptions/{id}/resume`: only paused ones, which trials would leave behind. */
function resumeSubscription(call: Call, id: string): Stripe.Subscription {
  readParams(resumeParams, call.form);
  const { status } = stored(call.account, 'subscription', id);
  const message = `Only subscriptions with a status of paused can be resumed; this one is ${status}.`;
  throw notAllowed(message);
}
