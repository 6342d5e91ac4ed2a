import type Stripe from 'stripe';
import type { Snapshot } from '../../payments/model/snapshot.ts';
import type { Renewal } from '../../subscriptions/model/snapshots.ts';
import type { ProviderCall } from '../provider-call.ts';
import { expectObject, idOf, unlessMissing } from './answers.ts';
import { callStripe } from './client.ts';
import { toSnapshot } from './mapping.ts';
import { everyPage } from './paging.ts';

type Parts = Pick<Stripe, 'invoices' | 'invoicePayments' | 'paymentIntents'>;

/** The renewal of an invoice; `undefined` when it belongs to no subscription or does not exist. */
export async function retrieveRenewal(
  stripe: Parts,
  ref: string,
  call: ProviderCall,
): Promise<Renewal | undefined> {
  const endsAt = Date.now() + call.budgetMs;
  const retrieval = callStripe(call, async (options) =>
    expectObject(await stripe.invoices.retrieve(ref, {}, options), 'invoice'),
  );
  const invoice = await unlessMissing(retrieval);
  return invoice && renewalOf(stripe, invoice, { budgetMs: endsAt - Date.now() });
}

/** The renewals of a subscription by its invoices, without drafts, which are not charged yet. */
export async function listRenewals(
  stripe: Parts,
  { ref, created }: { readonly ref: string; readonly created: Stripe.RangeQueryParam },
  call: ProviderCall,
): Promise<readonly Renewal[]> {
  const endsAt = Date.now() + call.budgetMs;
  const list = (page: object, options: Stripe.RequestOptions) =>
    stripe.invoices.list({ ...page, subscription: ref, created }, options);
  const found: Renewal[] = [];
  for (const invoice of await everyPage(call, list)) {
    if (invoice.status === 'draft') continue;
    const renewal = await renewalOf(stripe, invoice, { budgetMs: endsAt - Date.now() });
    if (renewal !== undefined) found.push(renewal);
  }
  return found;
}

async function renewalOf(
  stripe: Parts,
  invoice: Stripe.Invoice,
  call: ProviderCall,
): Promise<Renewal | undefined> {
  const subscriptionRef = idOf(invoice.parent?.subscription_details?.subscription);
  if (subscriptionRef === undefined) return undefined;
  return {
    ref: invoice.id,
    subscriptionRef,
    initial: invoice.billing_reason === 'subscription_create',
    snapshot: await paymentOf(stripe, invoice.id, call),
  };
}

/** The PaymentIntent of an invoice: the one that paid it, otherwise the open one. */
async function paymentOf(stripe: Parts, invoice: string, call: ProviderCall): Promise<Snapshot | undefined> {
  const endsAt = Date.now() + call.budgetMs;
  const list = (page: object, options: Stripe.RequestOptions) =>
    stripe.invoicePayments.list({ ...page, invoice }, options);
  const payments = await everyPage(call, list);
  const payment = ['paid', 'open'].flatMap((status) => payments.filter((one) => one.status === status))[0];
  const ref = idOf(payment?.payment.payment_intent);
  if (ref === undefined) return undefined;
  return callStripe({ budgetMs: endsAt - Date.now() }, async (options) =>
    toSnapshot(await stripe.paymentIntents.retrieve(ref, {}, options)),
  );
}
