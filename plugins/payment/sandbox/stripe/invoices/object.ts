import type Stripe from 'stripe';
import { type Account, nowSeconds } from '../account.ts';
import { newId } from '../ids.ts';

type Reason = 'subscription_create' | 'subscription_cycle';

/** A new draft for the current period of a subscription, not yet kept. */
export function newInvoice(
  account: Account,
  subscription: Stripe.Subscription,
  customer: Stripe.Customer,
  reason: Reason,
): Stripe.Invoice {
  const id = newId('in');
  const now = nowSeconds(account);
  const data = subscription.items.data.map((item) => newLine(id, item));
  const total = data.reduce((sum, { amount }) => sum + amount, 0);
  const details = { metadata: subscription.metadata, subscription: subscription.id };
  return {
    ...UNUSED,
    id,
    object: 'invoice',
    amount_due: total,
    amount_paid: 0,
    amount_remaining: total,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    billing_reason: reason,
    created: now,
    currency: subscription.currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    effective_at: null,
    lines: { object: 'list', data, has_more: false, url: `/v1/invoices/${id}/lines` },
    metadata: {},
    next_payment_attempt: null,
    number: null,
    parent: { quote_details: null, subscription_details: details, type: 'subscription_details' },
    period_end: now,
    period_start: reason === 'subscription_create' ? now : periodBefore(subscription, now),
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  } as unknown as Stripe.Invoice;
}

/** An invoice names the period that has passed; its lines name the one that is paid for. */
function periodBefore({ items, start_date: start }: Stripe.Subscription, now: number): number {
  const [item] = items.data;
  if (!item) return now;
  const length = item.current_period_end - item.current_period_start;
  return Math.max(start, item.current_period_start - length);
}

function newLine(invoice: string, item: Stripe.SubscriptionItem): Stripe.InvoiceLineItem {
  const { price, subscription } = item;
  const quantity = item.quantity ?? 1;
  const amount = (price.unit_amount ?? 0) * quantity;
  return {
    id: newId('il'),
    object: 'line_item',
    amount,
    currency: price.currency,
    description: `${quantity} × ${price.nickname ?? 'Sandbox plan'}`,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: {},
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period: { end: item.current_period_end, start: item.current_period_start },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: String(price.unit_amount ?? 0),
    },
    quantity,
    quantity_decimal: String(quantity),
    subscription,
    subtotal: amount,
    taxes: [],
  } as unknown as Stripe.InvoiceLineItem;
}

/** Members that these flows never fill. */
const UNUSED = {
  account_country: 'US',
  account_name: 'Sandbox',
  account_tax_ids: null,
  amount_overpaid: 0,
  amount_shipping: 0,
  application: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
  automatically_finalizes_at: null,
  collection_method: 'charge_automatically',
  custom_fields: null,
  customer_account: null,
  customer_shipping: null,
  customer_tax_exempt: 'none',
  customer_tax_ids: [],
  default_payment_method: null,
  default_source: null,
  default_tax_rates: [],
  description: null,
  discounts: [],
  due_date: null,
  ending_balance: 0,
  footer: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  issuer: { type: 'self' },
  last_finalization_error: null,
  latest_revision: null,
  livemode: false,
  on_behalf_of: null,
  payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  starting_balance: 0,
  statement_descriptor: null,
  test_clock: null,
  total_discount_amounts: [],
  total_pretax_credit_amounts: [],
  total_taxes: [],
  webhooks_delivered_at: null,
};
