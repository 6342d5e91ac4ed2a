import type Stripe from 'stripe';
import { type Account, nowSeconds, unasked } from '../account.ts';
import { emit, save } from '../events.ts';
import { addIntent, finalizeInvoice } from '../invoices/issue.ts';
import { newInvoice } from '../invoices/object.ts';
import { collectInvoice, markPaid, subscriptionOf, voidInvoice } from '../invoices/settle.ts';
import { idOf } from '../methods/methods.ts';
import { changeSubscription, endSubscription, methodFor, scheduleRenewal } from './lifecycle.ts';
import { periodEnd } from './object.ts';

const DAY_SECONDS = 24 * 3600;
/** Days from a failed charge to the next one; after the last the subscription ends. */
const RETRY_DAYS = [3, 5, 7];

/** A period is over: the subscription ends, or the next period begins with an invoice. */
export function renewSubscription(account: Account, id: string): void {
  const subscription = account.store.get('subscription', id);
  if (!subscription || subscription.ended_at !== null) return;
  const { cancel_at: cancelAt } = subscription;
  if (subscription.cancel_at_period_end || (cancelAt !== null && cancelAt <= nowSeconds(account))) {
    return void endSubscription(unasked(account), subscription, 'cancellation_requested');
  }
  const customer = account.store.get('customer', idOf(subscription.customer));
  if (!customer || customer.deleted === true) return;
  const items = { ...subscription.items, data: subscription.items.data.map(nextPeriod(subscription)) };
  const draft = newInvoice(account, { ...subscription, items }, customer, 'subscription_cycle');
  account.store.put('invoice', draft.id, draft);
  const next = changeSubscription(unasked(account), subscription, { items, latest_invoice: draft.id });
  emit(unasked(account), 'invoice.created', draft);
  scheduleRenewal(account, next);
  const { pause_collection: pause } = next;
  // Stripe leaves the invoices of unpaid subscriptions as drafts.
  if (next.status === 'unpaid' || pause?.behavior === 'keep_as_draft') return;
  if (pause) return voidInvoice(unasked(account), finalizeInvoice(unasked(account), draft));
  const invoice = finalizeInvoice(unasked(account), draft);
  if (invoice.amount_due === 0) return markPaid(unasked(account), invoice);
  collectRenewal(account, invoice, 0);
}

/** The invoice of a renewal is charged once more. */
export function retryInvoice(account: Account, invoiceId: string, tries: number): void {
  const invoice = account.store.get('invoice', invoiceId);
  if (invoice?.status === 'open') collectRenewal(account, invoice, tries);
}

/** The first payment did not come in time. */
export function expireIncomplete(account: Account, id: string): void {
  const subscription = account.store.get('subscription', id);
  if (subscription?.status !== 'incomplete') return;
  const invoice = account.store.get('invoice', idOf(subscription.latest_invoice));
  if (invoice) voidInvoice(unasked(account), invoice);
  const now = nowSeconds(account);
  changeSubscription(unasked(account), subscription, {
    status: 'incomplete_expired',
    ended_at: now,
    canceled_at: now,
  });
}

function collectRenewal(account: Account, invoice: Stripe.Invoice, tries: number): void {
  const subscription = subscriptionOf(account, invoice);
  if (!subscription) return;
  const days = RETRY_DAYS[tries];
  const nextAttempt = days === undefined ? null : nowSeconds(account) + days * DAY_SECONDS;
  const method = methodFor(account, subscription);
  if (method) {
    const tried = collectInvoice(unasked(account), invoice, method, nextAttempt);
    if (tried.status === 'succeeded' || tried.status === 'processing') return;
  } else {
    if (tries === 0) addIntent(unasked(account), invoice, undefined);
    save(unasked(account), 'invoice.payment_failed', {
      ...invoice,
      attempt_count: invoice.attempt_count + 1,
      attempted: true,
      next_payment_attempt: nextAttempt,
    });
  }
  afterFailure(account, subscription, invoice.id, { nextAttempt, tries });
}

function afterFailure(
  account: Account,
  subscription: Stripe.Subscription,
  invoiceId: string,
  { nextAttempt, tries }: { readonly nextAttempt: number | null; readonly tries: number },
): void {
  if (nextAttempt !== null) {
    const dueAtMs = nextAttempt * 1000;
    account.store.put('job', invoiceId, { kind: 'retry-invoice', invoiceId, tries: tries + 1, dueAtMs });
    if (subscription.status === 'active')
      changeSubscription(unasked(account), subscription, { status: 'past_due' });
    return;
  }
  const unpaid = account.store.get('afterRetries', 'current') === 'unpaid';
  if (unpaid) changeSubscription(unasked(account), subscription, { status: 'unpaid' });
  else endSubscription(unasked(account), subscription, 'payment_failed');
}

function nextPeriod({ billing_cycle_anchor: anchor }: Stripe.Subscription) {
  return (item: Stripe.SubscriptionItem): Stripe.SubscriptionItem => {
    const start = item.current_period_end;
    const recurring = item.price.recurring ?? { interval: 'month', interval_count: 1 };
    const last = periodEnd(anchor, start, recurring);
    return { ...item, current_period_start: start, current_period_end: last };
  };
}
