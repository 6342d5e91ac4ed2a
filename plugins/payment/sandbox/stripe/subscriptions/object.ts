import type Stripe from 'stripe';
import { addMonths } from '../../shared/months.ts';
import { type Account, nowSeconds } from '../account.ts';
import { newId } from '../ids.ts';

/** What a subscription begins with. */
export interface Beginning {
  readonly customer: string;
  readonly items: readonly {
    readonly price: Stripe.Price;
    readonly quantity: number;
    readonly metadata: Record<string, string>;
  }[];
  readonly method: string | null;
  readonly save: 'off' | 'on_subscription';
  readonly description: string | null;
  readonly metadata: Record<string, string>;
}

/** A new subscription that waits for its first payment, not yet kept. */
export function newSubscription(account: Account, beginning: Beginning): Stripe.Subscription {
  const id = newId('sub');
  const now = nowSeconds(account);
  const { customer, description, metadata, method, save } = beginning;
  const data = beginning.items.map((item) => newItem(id, now, item));
  return {
    ...UNUSED,
    id,
    object: 'subscription',
    billing_cycle_anchor: now,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible', updated_at: now },
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    created: now,
    currency: beginning.items[0]?.price.currency ?? 'usd',
    customer,
    default_payment_method: method,
    description,
    ended_at: null,
    items: { object: 'list', data, has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    latest_invoice: null,
    metadata,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: save,
    },
    start_date: now,
    status: 'incomplete',
  };
}

function newItem(
  subscription: string,
  now: number,
  { metadata, price, quantity }: Beginning['items'][number],
): Stripe.SubscriptionItem {
  const recurring = price.recurring ?? { interval: 'month', interval_count: 1 };
  return {
    id: newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: now,
    current_period_end: periodEnd(now, now, recurring),
    current_period_start: now,
    current_trial: null,
    discounts: [],
    metadata,
    plan: planOf(price),
    price,
    quantity,
    subscription,
    tax_rates: [],
  } as Stripe.SubscriptionItem;
}

/** The price in the words of the older object. */
export function planOf(price: Stripe.Price): object {
  const { active, created, currency, id, livemode, metadata, nickname, product, recurring } = price;
  return {
    id,
    object: 'plan',
    active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created,
    currency,
    interval: recurring?.interval,
    interval_count: recurring?.interval_count,
    livemode,
    metadata,
    meter: null,
    nickname,
    product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  };
}

/** Members that these flows never fill. */
const UNUSED = {
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor_config: null,
  billing_schedules: [],
  billing_thresholds: null,
  collection_method: 'charge_automatically',
  customer_account: null,
  days_until_due: null,
  default_source: null,
  default_tax_rates: [],
  discounts: [],
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  livemode: false,
  managed_payments: { enabled: false },
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
  test_clock: null,
  transfer_data: null,
  trial_end: null,
  trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' } },
  trial_start: null,
} satisfies Partial<Stripe.Subscription>;

const DAY_SECONDS = 24 * 3600;
const MONTHS_MAX = 1200;

/** The end of the period that begins at `startSeconds`, counted from the anchor so that the 31st comes back. */
export function periodEnd(
  anchorSeconds: number,
  startSeconds: number,
  { interval, interval_count: count }: Pick<Stripe.Price.Recurring, 'interval' | 'interval_count'>,
): number {
  if (interval === 'day') return startSeconds + count * DAY_SECONDS;
  if (interval === 'week') return startSeconds + count * 7 * DAY_SECONDS;
  const step = interval === 'year' ? 12 * count : count;
  for (let months = step; months <= MONTHS_MAX; months += step) {
    const end = Math.floor(addMonths(new Date(anchorSeconds * 1000), months).getTime() / 1000);
    if (end > startSeconds) return end;
  }
  throw new Error('the subscription is older than a hundred years');
}
