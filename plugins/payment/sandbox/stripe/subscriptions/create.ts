import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { invalid, missing } from '../api/errors.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { readParams, required } from '../api/params.ts';
import type { Call } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import { findCustomer, notTheirs } from '../customers/find.ts';
import { emit } from '../events.ts';
import { addIntent, finalizeInvoice } from '../invoices/issue.ts';
import { newInvoice } from '../invoices/object.ts';
import { cardRefusal, collectInvoice, markPaid } from '../invoices/settle.ts';
import { changeSubscription, methodFor, scheduleExpiry } from './lifecycle.ts';
import { type Beginning, newSubscription } from './object.ts';
import { createParams } from './params.ts';

type Params = ReturnType<typeof readParams<typeof createParams>>;

/** `POST /v1/subscriptions`: what is refused leaves nothing behind, because the request's transaction ends. */
export function createSubscription(call: Call): Stripe.Subscription {
  const { account } = call;
  const params = readParams(createParams, call.form);
  const customer = findCustomer(account, required(params.customer, 'customer'));
  const begun = newSubscription(account, beginningOf(account, customer, params));
  const draft = newInvoice(account, begun, customer, 'subscription_create');
  const subscription = { ...begun, latest_invoice: draft.id };
  account.store.put('subscription', subscription.id, subscription);
  account.store.put('invoice', draft.id, draft);
  emit(call, 'customer.subscription.created', subscription);
  emit(call, 'invoice.created', draft);
  firstPayment(call, subscription, finalizeInvoice(call, draft), params.payment_behavior);
  const made = account.store.get('subscription', subscription.id) ?? subscription;
  if (params.cancel_at_period_end !== true) return made;
  const cancelAt = made.items.data[0]?.current_period_end ?? null;
  return changeSubscription(call, made, { cancel_at: cancelAt, cancel_at_period_end: true });
}

function firstPayment(
  call: Call,
  subscription: Stripe.Subscription,
  invoice: Stripe.Invoice,
  behavior: Params['payment_behavior'] = 'allow_incomplete',
): void {
  const { account } = call;
  scheduleExpiry(account, subscription);
  if (invoice.amount_due === 0) return markPaid(call, invoice);
  const method = methodFor(account, subscription);
  if (behavior === 'default_incomplete') return void addIntent(call, invoice, method);
  if (!method) {
    throw invalid(
      'This customer has no attached payment source or default payment method. Please consider adding a default ' +
        'payment method.',
      undefined,
      'resource_missing',
    );
  }
  const tried = collectInvoice(call, invoice, method);
  if (behavior === 'error_if_incomplete' && tried.status !== 'succeeded') throw cardRefusal(tried, false);
}

function beginningOf(account: Account, customer: Stripe.Customer, params: Params): Beginning {
  const asked = params.items ?? [];
  if (asked.length === 0) throw missing('items');
  const items = asked.map((item, index) => ({
    price: recurringPrice(account, required(item.price, `items[${index}][price]`), `items[${index}][price]`),
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
    method: checkedMethod(account, customer.id, params.default_payment_method),
    save: params.payment_settings?.save_default_payment_method ?? 'off',
    description: params.description ?? null,
    metadata: mergeMetadata({}, params.metadata),
  };
}

/** A method that belongs to the customer, or null when none is named. */
export function checkedMethod(account: Account, customer: string, id: string | undefined): string | null {
  if (id === undefined) return null;
  if (account.store.get('method', id)?.object.customer !== customer) throw notTheirs(id);
  return id;
}

/** A price that is charged each period. */
export function recurringPrice(account: Account, id: string, param: string): Stripe.Price {
  const price = stored(account, 'price', id, { param, status: 400 });
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
