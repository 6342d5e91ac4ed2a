import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type Stripe from 'stripe';
import {
  failure,
  monthlyPrice,
  PUBLISHABLE_KEY,
  refOf,
  startSandbox,
  stripeAt,
  typesAbout,
} from './support.ts';

const NOW = Date.UTC(2030, 0, 31, 12);
const DAY_MS = 24 * 3600 * 1000;

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let stripe: Stripe;
let price: Stripe.Price;
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => NOW });
  stripe = sandbox.stripe;
  price = await monthlyPrice(stripe);
});
afterAll(() => sandbox.close());

const WITH_SECRET = ['latest_invoice.confirmation_secret'];
const advance = (step: string) => sandbox.control('POST', 'clock', { advance: step });
const read = (id: string) => stripe.subscriptions.retrieve(id);
const endOf = ({ items }: Stripe.Subscription) => items.data[0]?.current_period_end ?? 0;

async function customerWith(method?: string): Promise<{ id: string; method: string | undefined }> {
  const { id } = await stripe.customers.create({ email: 'ada@example.com' });
  if (method === undefined) return { id, method: undefined };
  return { id, method: (await stripe.paymentMethods.attach(method, { customer: id })).id };
}

/** Subscribes a new customer with a saved method and a paid first invoice. */
async function subscribe(more: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const { id: customer, method } = await customerWith('pm_card_visa');
  return stripe.subscriptions.create({
    customer,
    items: [{ price: price.id, quantity: 2 }],
    default_payment_method: method ?? '',
    metadata: { subscription: 'sub_1' },
    ...more,
  });
}

/** Makes later charges fail: the customer's card is replaced by one that is declined. */
async function replaceCard({ customer, id }: Stripe.Subscription, card: string) {
  const method = await stripe.paymentMethods.attach(card, { customer: refOf(customer) });
  return stripe.subscriptions.update(id, { default_payment_method: method.id });
}

async function invoicesOf(subscription: string): Promise<Stripe.Invoice[]> {
  return (await stripe.invoices.list({ subscription, limit: 100 })).data;
}

describe('the first invoice', () => {
  it('is confirmed by the payer, which makes the subscription active and saves the method', async () => {
    const { id: customer } = await customerWith();
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: price.id }],
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: 'on_subscription' },
      expand: WITH_SECRET,
    });
    expect(made).toMatchObject({ status: 'incomplete', default_payment_method: null });
    const invoice = made.latest_invoice as Stripe.Invoice;
    expect(invoice).toMatchObject({
      status: 'open',
      amount_due: 1900,
      billing_reason: 'subscription_create',
      parent: { subscription_details: { subscription: made.id } },
    });
    const secret = invoice.confirmation_secret?.client_secret ?? '';
    const [payment] = (await stripe.invoicePayments.list({ invoice: invoice.id })).data;
    const intent = refOf(payment?.payment.payment_intent);
    expect(secret).toContain(intent);
    const front = stripeAt(sandbox.origin, PUBLISHABLE_KEY);
    const confirm = { payment_method: 'pm_card_visa', client_secret: secret };
    await front.paymentIntents.confirm(intent, confirm);
    const active = await read(made.id);
    expect(active.status).toBe('active');
    const { customer: owner } = await stripe.paymentMethods.retrieve(refOf(active.default_payment_method));
    expect(owner).toBe(customer);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 1900 });
    const [paid] = (await stripe.invoicePayments.list({ invoice: invoice.id, status: 'paid' })).data;
    expect(paid).toMatchObject({ amount_paid: 1900, payment: { payment_intent: intent } });
    expect(await typesAbout(stripe, invoice.id)).toEqual([
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]);
    expect(await typesAbout(stripe, made.id)).toEqual([
      'customer.subscription.created',
      'customer.subscription.updated',
    ]);
  });

  it('is charged at once with a saved method', async () => {
    const made = await subscribe({ expand: ['latest_invoice.payments'] });
    expect(made).toMatchObject({ status: 'active', metadata: { subscription: 'sub_1' } });
    const invoice = made.latest_invoice as Stripe.Invoice;
    expect(invoice).toMatchObject({ status: 'paid', amount_paid: 3800 });
    const intent = refOf(invoice.payments?.data[0]?.payment.payment_intent);
    expect(await stripe.paymentIntents.retrieve(intent)).toMatchObject({
      status: 'succeeded',
      amount: 3800,
      customer: made.customer,
    });
    expect(made.items.data[0]?.current_period_start).toBe(NOW / 1000);
    expect(endOf(made)).toBe(Date.UTC(2030, 1, 28, 12) / 1000);
  });

  it('that is declined leaves it incomplete, or is refused, as asked', async () => {
    const { id: customer, method } = await customerWith('pm_card_chargeCustomerFail');
    const params = { customer, items: [{ price: price.id }], default_payment_method: method ?? '' };
    const made = await stripe.subscriptions.create(params);
    expect(made.status).toBe('incomplete');
    expect((await typesAbout(stripe, refOf(made.latest_invoice))).at(-1)).toBe('invoice.payment_failed');
    const strict = stripe.subscriptions.create({ ...params, payment_behavior: 'error_if_incomplete' });
    expect(await failure(strict)).toMatchObject({ statusCode: 402, code: 'card_declined' });
    const { data } = await stripe.subscriptions.list({ customer });
    expect(data.map(({ id }) => id)).toEqual([made.id]);
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    const paid = await stripe.invoices.pay(refOf(made.latest_invoice), { payment_method: good.id });
    expect(paid.status).toBe('paid');
    expect((await read(made.id)).status).toBe('active');
    expect(await failure(stripe.invoices.pay(paid.id))).toMatchObject({ statusCode: 400 });
  });

  it('waits for the payer who has to authenticate', async () => {
    const { id: customer, method } = await customerWith('pm_card_authenticationRequired');
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: price.id }],
      default_payment_method: method ?? '',
    });
    expect(made.status).toBe('incomplete');
    const [payment] = (await stripe.invoicePayments.list({ invoice: refOf(made.latest_invoice) })).data;
    const intent = refOf(payment?.payment.payment_intent);
    await sandbox.control('POST', `payment_intents/${intent}/3ds`, { result: 'succeeded' });
    expect((await read(made.id)).status).toBe('active');
  });

  it('that is never paid expires after 23 hours', async () => {
    const made = await subscribe({ payment_behavior: 'default_incomplete' });
    await advance('22h');
    expect((await read(made.id)).status).toBe('incomplete');
    await advance('1h');
    expect((await read(made.id)).status).toBe('incomplete_expired');
    expect((await stripe.invoices.retrieve(refOf(made.latest_invoice))).status).toBe('void');
  });

  it('is refused without a customer, a price or a method of the customer', async () => {
    const { id: customer } = await customerWith();
    const items = [{ price: price.id }];
    const create = (params: Stripe.SubscriptionCreateParams) => failure(stripe.subscriptions.create(params));
    expect(await create({ customer: 'cus_x', items })).toMatchObject({ param: 'customer' });
    expect(await create({ customer, items: [{ price: 'price_x' }] })).toMatchObject({
      code: 'resource_missing',
      param: 'items[0][price]',
    });
    expect(await create({ customer, items })).toMatchObject({ code: 'resource_missing' });
    const { method } = await customerWith('pm_card_visa');
    const other = { customer, items, default_payment_method: method ?? '' };
    expect(await create(other)).toMatchObject({ param: 'payment_method' });
    expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
  });
});

describe('renewals', () => {
  it('happen each month on the day it began, as far as the clock goes', async () => {
    const made = await subscribe();
    const first = endOf(made);
    await advance(`${first - (made.start_date ?? 0)}s`);
    const second = await read(made.id);
    expect(second).toMatchObject({ status: 'active', items: { data: [{ current_period_start: first }] } });
    await advance('70d');
    const invoices = await invoicesOf(made.id);
    expect(invoices.map(({ status }) => status)).toEqual(['paid', 'paid', 'paid', 'paid']);
    expect(invoices.map((invoice) => invoice.billing_reason)).toEqual([
      'subscription_cycle',
      'subscription_cycle',
      'subscription_cycle',
      'subscription_create',
    ]);
    const gaps = invoices.map(({ created }) => created).reverse();
    expect(new Set(gaps).size).toBe(4);
    const [payment] = (await stripe.invoicePayments.list({ invoice: invoices[0]?.id ?? '' })).data;
    const charged = await stripe.paymentIntents.retrieve(refOf(payment?.payment.payment_intent));
    expect(charged).toMatchObject({ status: 'succeeded', amount: 3800 });
    const { data } = await stripe.events.list({ type: 'invoice_payment.paid', limit: 100 });
    expect(data.filter((event) => JSON.stringify(event).includes(invoices[0]?.id ?? 'none'))).toHaveLength(1);
  });

  it('that fail make it past due; a later charge that succeeds makes it active again', async () => {
    const made = await subscribe();
    await replaceCard(made, 'pm_card_chargeCustomerFail');
    await advance('31d');
    const late = await read(made.id);
    expect(late.status).toBe('past_due');
    const open = await stripe.invoices.retrieve(refOf(late.latest_invoice));
    expect(open).toMatchObject({ status: 'open', attempt_count: 1, attempted: true });
    expect(open.next_payment_attempt).toBeGreaterThan(open.created);
    expect(await typesAbout(stripe, open.id)).toEqual([
      'invoice.created',
      'invoice.finalized',
      'invoice.payment_failed',
    ]);
    await replaceCard(made, 'pm_card_visa');
    await advance('4d');
    expect((await read(made.id)).status).toBe('active');
    expect(await stripe.invoices.retrieve(open.id)).toMatchObject({ status: 'paid', attempt_count: 2 });
  });

  it('that keep failing cancel it, or leave it unpaid, as the account is set', async () => {
    const [canceled, unpaid] = [await subscribe(), await subscribe()];
    await replaceCard(canceled, 'pm_card_chargeCustomerFail');
    await advance(`${28 + 3 + 5 + 7 + 4}d`);
    expect(await read(canceled.id)).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'payment_failed' },
    });
    expect((await typesAbout(stripe, canceled.id)).at(-1)).toBe('customer.subscription.deleted');
    await sandbox.control('POST', 'subscriptions', { afterRetries: 'unpaid' });
    await replaceCard(unpaid, 'pm_card_chargeCustomerFail');
    await advance('50d');
    expect((await read(unpaid.id)).status).toBe('unpaid');
    expect((await sandbox.control('POST', 'subscriptions', { afterRetries: 'cancel' })).status).toBe(200);
  });

  it('wait for a payer who has to authenticate, off-session', async () => {
    const made = await subscribe();
    await replaceCard(made, 'pm_card_authenticationRequired');
    await advance('31d');
    const late = await read(made.id);
    expect(late.status).toBe('past_due');
    expect((await typesAbout(stripe, refOf(late.latest_invoice))).slice(2)).toEqual([
      'invoice.payment_action_required',
      'invoice.payment_failed',
    ]);
    const [payment] = (await stripe.invoicePayments.list({ invoice: refOf(late.latest_invoice) })).data;
    const intent = refOf(payment?.payment.payment_intent);
    await sandbox.control('POST', `payment_intents/${intent}/3ds`, { result: 'succeeded' });
    expect((await read(made.id)).status).toBe('active');
  });
});

describe('the end of a subscription', () => {
  it('comes with its period when that was asked for, and not when it was taken back', async () => {
    const [made, kept] = [await subscribe(), await subscribe()];
    const ending = await stripe.subscriptions.update(made.id, { cancel_at_period_end: true });
    expect(ending).toMatchObject({
      status: 'active',
      cancel_at_period_end: true,
      cancel_at: endOf(made),
      cancellation_details: { reason: 'cancellation_requested' },
    });
    await stripe.subscriptions.update(kept.id, { cancel_at_period_end: true });
    const back = await stripe.subscriptions.update(kept.id, { cancel_at_period_end: false });
    expect(back).toMatchObject({ cancel_at: null, canceled_at: null, cancel_at_period_end: false });
    await advance('32d');
    expect(await read(made.id)).toMatchObject({ status: 'canceled', ended_at: endOf(made) });
    expect(await invoicesOf(made.id)).toHaveLength(1);
    expect(await invoicesOf(kept.id)).toHaveLength(2);
  });

  it('comes at once by DELETE, and only once', async () => {
    const made = await subscribe();
    expect((await stripe.subscriptions.cancel(made.id)).status).toBe('canceled');
    expect(await failure(stripe.subscriptions.cancel(made.id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    const again = stripe.subscriptions.update(made.id, { cancel_at_period_end: true });
    expect(await failure(again)).toMatchObject({ statusCode: 400 });
    expect((await stripe.subscriptions.update(made.id, { metadata: { a: 'b' } })).metadata).toMatchObject({
      a: 'b',
    });
    expect(await failure(stripe.subscriptions.resume(made.id))).toMatchObject({ statusCode: 400 });
    await advance('40d');
    expect(await invoicesOf(made.id)).toHaveLength(1);
    const customer = refOf(made.customer);
    expect((await stripe.subscriptions.list({ customer })).data).toEqual([]);
    expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toHaveLength(1);
  });

  it('comes with the end of its customer, and voids an invoice that was never paid', async () => {
    const [made, open] = [await subscribe(), await subscribe({ payment_behavior: 'default_incomplete' })];
    await stripe.customers.del(refOf(made.customer));
    expect((await read(made.id)).status).toBe('canceled');
    expect((await stripe.subscriptions.cancel(open.id)).status).toBe('incomplete_expired');
    expect((await stripe.invoices.retrieve(refOf(open.latest_invoice))).status).toBe('void');
  });
});

describe('the state file', () => {
  it('keeps renewals over a restart', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stripe-subscriptions-'));
    const stateFile = join(dir, 'stripe.sqlite');
    try {
      let clock = NOW;
      const before = await startSandbox({ stateFile, now: () => clock });
      const { id: daily } = await before.stripe.prices.create({
        currency: 'usd',
        unit_amount: 500,
        recurring: { interval: 'day', interval_count: 10 },
        product_data: { name: 'Ten days' },
      });
      const customer = await before.stripe.customers.create({ payment_method: 'pm_card_visa' });
      const [method] = (await before.stripe.customers.listPaymentMethods(customer.id)).data;
      const made = await before.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: daily }],
        default_payment_method: method?.id ?? '',
      });
      await before.close();
      clock += 25 * DAY_MS;
      const after = await startSandbox({ stateFile, now: () => clock });
      const { data } = await after.stripe.invoices.list({ subscription: made.id });
      expect(data.map(({ created }) => created - NOW / 1000)).toEqual(
        [20, 10, 0].map((days) => days * 86_400),
      );
      await after.close();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
