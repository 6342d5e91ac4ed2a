import type Stripe from 'stripe';
import type { Call } from '../api/call.ts';
import { invalid, missing, noSuch } from '../api/errors.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { readParams, required } from '../api/params.ts';
import { findCustomer, notTheirs } from '../customers/find.ts';
import { emit } from '../events.ts';
import { collect } from '../invoices/collect.ts';
import { addIntent, finalize } from '../invoices/issue.ts';
import { newInvoice } from '../invoices/object.ts';
import { cardRefusal } from '../invoices/refusal.ts';
import { markPaid } from '../invoices/settle.ts';
import type { World } from '../world.ts';
import { change, methodFor, scheduleExpiry } from './lifecycle.ts';
import type { Beginning } from './object.ts';
import { newSubscription } from './object.ts';
import { createParams } from './params.ts';

type Params = ReturnType<typeof readParams<typeof createParams>>;

/** `POST /v1/subscriptions`: what is refused leaves nothing behind, because the request's transaction ends. */
export function createSubscription(call: Call): Stripe.Subscription {
  const { world } = call;
  const params = readParams(createParams, call.form);
  const customer = findCustomer(world, required(params.customer, 'customer'));
  const begun = newSubscription(world, beginningOf(world, customer, params));
  const draft = newInvoice(world, begun, customer, 'subscription_create');
  const subscription = { ...begun, latest_invoice: draft.id };
  world.store.put('subscription', subscription.id, subscription);
  world.store.put('invoice', draft.id, draft);
  emit(world, call, 'customer.subscription.created', subscription);
  emit(world, call, 'invoice.created', draft);
  firstPayment(call, subscription, finalize(world, call, draft), params.payment_behavior);
  const made = world.store.get('subscription', subscription.id) ?? subscription;
  if (params.cancel_at_period_end !== true) return made;
  const cancelAt = made.items.data[0]?.current_period_end ?? null;
  return change(world, call, made, { cancel_at: cancelAt, cancel_at_period_end: true });
}

function firstPayment(
  call: Call,
  subscription: Stripe.Subscription,
  invoice: Stripe.Invoice,
  behavior: Params['payment_behavior'] = 'allow_incomplete',
): void {
  const { world } = call;
  scheduleExpiry(world, subscription);
  if (invoice.amount_due === 0) return markPaid(world, call, invoice);
  const method = methodFor(world, subscription);
  if (behavior === 'default_incomplete') return void addIntent(world, call, invoice, method);
  if (!method) {
    throw invalid(
      'This customer has no attached payment source or default payment method. Please consider adding a default ' +
        'payment method.',
      undefined,
      'resource_missing',
    );
  }
  const tried = collect(world, call, invoice, method);
  if (behavior === 'error_if_incomplete' && tried.status !== 'succeeded') throw cardRefusal(tried, false);
}

function beginningOf(world: World, customer: Stripe.Customer, params: Params): Beginning {
  const asked = params.items ?? [];
  if (asked.length === 0) throw missing('items');
  const items = asked.map((item, index) => ({
    price: recurringPrice(world, required(item.price, `items[${index}][price]`), `items[${index}][price]`),
    quantity: item.quantity ?? 1,
    metadata: mergeMetadata({}, item.metadata),
  }));
  const [first] = items;
  for (const { price } of items) {
    if (price.currency === first?.price.currency && samePeriod(price, first.price)) continue;
    throw invalid('All prices on a subscription must have the same currency and the same period.', 'items');
  }
  return {
    customer: customer.id,
    items,
    method: checkedMethod(world, customer.id, params.default_payment_method),
    save: params.payment_settings?.save_default_payment_method ?? 'off',
    description: params.description ?? null,
    metadata: mergeMetadata({}, params.metadata),
  };
}

/** A method that belongs to the customer, or null when none is named. */
export function checkedMethod(world: World, customer: string, id: string | undefined): string | null {
  if (id === undefined) return null;
  if (world.store.get('method', id)?.object.customer !== customer) throw notTheirs(id);
  return id;
}

/** A price that is charged each period. */
export function recurringPrice(world: World, id: string, param: string): Stripe.Price {
  const price = world.store.get('price', id);
  if (!price) throw noSuch('price', id, param, 400);
  if (price.recurring) return price;
  throw invalid(
    `The price specified is set to \`type=one_time\` but this field only accepts prices with \
\`type=recurring\`.`,
    param,
  );
}

function samePeriod(one: Stripe.Price, other: Stripe.Price): boolean {
  return (
    one.recurring?.interval === other.recurring?.interval &&
    one.recurring?.interval_count === other.recurring?.interval_count
  );
}
