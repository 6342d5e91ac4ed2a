import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type Stripe from 'stripe';
import type { Oracle } from '../oracle.ts';
import { faulty, loadOracle, present, title } from '../oracle.ts';
import { failure, NO_REDIRECTS, refOf, startSandbox, stripeAt } from './support.ts';

describe.skipIf(!present)(title, () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let oracle: Oracle;
  let stripe: Stripe;
  beforeAll(async () => {
    sandbox = await startSandbox();
    oracle = await loadOracle('stripe', sandbox.origin);
    stripe = stripeAt(`http://127.0.0.1:${await oracle.listen(0)}`);
  }, 240_000);
  afterAll(async () => {
    await oracle?.close();
    await sandbox?.close();
  });

  const pay = (method: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      confirm: true,
      payment_method: method,
      automatic_payment_methods: NO_REDIRECTS,
      metadata: { order: '1' },
      ...more,
    });

  const judgeEvents = async (): Promise<Stripe.Event[]> => {
    const { data } = await stripe.events.list({ limit: 100 });
    for (const { id } of data) await stripe.events.retrieve(id);
    return data;
  };

  it('finds no error in any request or answer of the flows', async () => {
    const created = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd', description: 'one' });
    await stripe.paymentIntents.update(created.id, { metadata: { a: 'b' } });
    await stripe.paymentIntents.confirm(created.id, {
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example',
    });
    const held = await pay('pm_card_mastercard', { capture_method: 'manual', expand: ['latest_charge'] });
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 400 });
    const released = await pay('pm_card_visa', { capture_method: 'manual' });
    await stripe.paymentIntents.cancel(released.id, { cancellation_reason: 'abandoned' });
    const expiring = await pay('pm_card_visa', { capture_method: 'manual' });
    const declined = await failure(pay('pm_card_visa_chargeDeclinedInsufficientFunds'));
    await stripe.charges.retrieve(declined.charge ?? '', { expand: ['payment_intent'] });
    await stripe.paymentIntents.retrieve(declined.payment_intent?.id ?? '', {
      expand: ['latest_charge', 'payment_method'],
    });
    for (const returnUrl of ['https://shop.example', undefined]) {
      const waiting = await pay(
        'pm_card_threeDSecure2Required',
        returnUrl === undefined ? {} : { return_url: returnUrl },
      );
      expect(waiting.status).toBe('requires_action');
      await sandbox.control('POST', `payment_intents/${waiting.id}/3ds`, { result: 'failed' });
      await stripe.paymentIntents.retrieve(waiting.id);
    }
    const bank = await pay('pm_usBankAccount_insufficientFunds', {
      expand: ['latest_charge', 'payment_method'],
    });
    await pay('pm_usBankAccount_success');
    await sandbox.control('POST', 'clock', { advance: '8d' });
    await stripe.paymentIntents.retrieve(bank.id, { expand: ['latest_charge'] });
    expect((await stripe.paymentIntents.retrieve(expiring.id)).status).toBe('canceled');
    const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_amex' } });
    await stripe.paymentMethods.retrieve(method.id);
    await stripe.paymentMethods.retrieve('pm_usBankAccount_success');
    await stripe.paymentIntents.list({ limit: 100, expand: ['data.latest_charge'] });
    const data = await judgeEvents();
    await stripe.balance.retrieve();

    expect(faulty(oracle)).toEqual([]);
    expect(new Set(data.map(({ type }) => type)).size).toBe(12);
    expect(new Set(oracle.verdicts.map(({ op }) => op)).size).toBe(13);
  });

  it('finds none in refunds and several captures', async () => {
    for (const method of ['pm_card_visa', 'pm_card_pendingRefund', 'pm_card_refundFail']) {
      const paid = await pay(method);
      const body = {
        payment_intent: paid.id,
        amount: 600,
        reason: 'duplicate',
        metadata: { a: 'b' },
      } as const;
      const refund = await stripe.refunds.create({ ...body, expand: ['charge', 'payment_intent'] });
      await stripe.refunds.create({ charge: refOf(paid.latest_charge), amount: 1 });
      await failure(stripe.refunds.create(body));
      await failure(stripe.refunds.cancel(refund.id));
      await stripe.refunds.update(refund.id, { metadata: { c: 'd' } });
      await sandbox.control('POST', 'clock', { advance: '5s' });
      await stripe.refunds.retrieve(refund.id);
      await stripe.refunds.list({ payment_intent: paid.id, limit: 1 });
      await stripe.charges.list({ payment_intent: paid.id, expand: ['data.refunds'] });
    }
    const held = await pay('pm_card_visa', {
      capture_method: 'manual',
      payment_method_options: { card: { request_multicapture: 'if_available' } },
    });
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 300, final_capture: false });
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 300, expand: ['latest_charge'] });
    await judgeEvents();
    expect(faulty(oracle)).toEqual([]);
  });

  it('finds none in disputes', async () => {
    for (const [method, outcome] of [
      ['pm_card_createDispute', 'won'],
      ['pm_card_createDisputeProductNotReceived', 'lost'],
      ['pm_card_createDisputeInquiry', 'warning_closed'],
    ] as const) {
      const paid = await pay(method);
      const [opened] = (await stripe.disputes.list({ payment_intent: paid.id, expand: ['data.charge'] }))
        .data;
      const id = opened?.id ?? '';
      await stripe.disputes.update(id, { evidence: { product_description: 'socks' }, metadata: { a: 'b' } });
      await failure(stripe.refunds.create({ payment_intent: paid.id, amount: 1001 }));
      await sandbox.control('POST', `disputes/${id}/close`, { outcome });
      await stripe.disputes.retrieve(id, { expand: ['payment_intent'] });
      await failure(stripe.disputes.close(id));
    }
    const accepted = await pay('pm_card_createDispute');
    const [dispute] = (await stripe.disputes.list({ payment_intent: accepted.id })).data;
    expect((await stripe.disputes.close(dispute?.id ?? '')).status).toBe('lost');
    await stripe.events.list({ delivery_success: false, type: 'charge.*' });
    await judgeEvents();
    expect(faulty(oracle)).toEqual([]);
  });

  it('finds none in customers and their payment methods', async () => {
    const customer = await stripe.customers.create({
      name: 'Ada',
      email: 'ada@example.com',
      payment_method: 'pm_card_visa',
      metadata: { a: 'b' },
    });
    const method = await stripe.paymentMethods.attach('pm_card_mastercard', { customer: customer.id });
    const settings = { default_payment_method: method.id };
    await stripe.customers.update(customer.id, {
      address: { city: 'London' },
      invoice_settings: settings,
      expand: ['invoice_settings.default_payment_method'],
    });
    await stripe.paymentMethods.update(method.id, {
      card: { exp_year: 2040 },
      billing_details: { name: 'A' },
    });
    await failure(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer: customer.id }));
    await stripe.customers.listPaymentMethods(customer.id, { limit: 1 });
    await stripe.paymentMethods.list({ customer: customer.id, type: 'card' });
    const theirs = { customer: customer.id, off_session: true } as const;
    await pay(method.id, { ...theirs, expand: ['customer', 'payment_method.customer'] });
    await pay('pm_card_visa', { customer: customer.id, setup_future_usage: 'off_session' });
    await stripe.paymentIntents.list({ customer: customer.id });
    await stripe.charges.list({ customer: customer.id });
    await stripe.paymentMethods.detach(method.id);
    await failure(stripe.paymentMethods.detach(method.id));
    await stripe.customers.list({ email: 'ada@example.com' });
    await stripe.customers.del(customer.id);
    await stripe.customers.retrieve(customer.id);
    await judgeEvents();
    expect(faulty(oracle)).toEqual([]);
  });

  it('finds none in products, subscriptions and invoices', async () => {
    const product = await stripe.products.create({ name: 'Pro', description: 'all of it' });
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1900,
      recurring: { interval: 'month' },
      product: product.id,
      expand: ['product'],
    });
    await stripe.products.retrieve(product.id);
    await stripe.products.list({ active: true });
    await stripe.prices.retrieve(price.id);
    await stripe.prices.list({ product: product.id });
    const customer = await stripe.customers.create({});
    const attach = async (name: string) =>
      (await stripe.paymentMethods.attach(name, { customer: customer.id })).id;
    const subscribe = (more: Partial<Stripe.SubscriptionCreateParams>) =>
      stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], ...more });
    const open = await subscribe({
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: 'on_subscription' },
      expand: ['latest_invoice.confirmation_secret', 'latest_invoice.payments'],
    });
    await stripe.invoices.pay(refOf(open.latest_invoice), { payment_method: await attach('pm_card_visa') });
    const failing = await attach('pm_card_chargeCustomerFail');
    await failure(subscribe({ default_payment_method: failing, payment_behavior: 'error_if_incomplete' }));
    await subscribe({ default_payment_method: failing });
    await subscribe({ default_payment_method: await attach('pm_card_authenticationRequired') });
    const late = await subscribe({ default_payment_method: await attach('pm_card_mastercard') });
    await stripe.subscriptions.update(late.id, { default_payment_method: failing });
    await sandbox.control('POST', 'clock', { advance: '33d' });
    expect((await stripe.subscriptions.retrieve(late.id)).status).toBe('past_due');
    await judgeEvents();
    await stripe.subscriptions.update(open.id, { cancel_at_period_end: true });
    await failure(stripe.subscriptions.resume(open.id));
    await stripe.subscriptions.cancel(open.id);
    await sandbox.control('POST', 'clock', { advance: '20d' });
    await stripe.subscriptions.list({ customer: customer.id, status: 'all' });
    const { data } = await stripe.invoices.list({ customer: customer.id, expand: ['data.payments'] });
    await stripe.invoices.retrieve(data[0]?.id ?? '', {
      expand: ['parent.subscription_details.subscription'],
    });
    const payments = await stripe.invoicePayments.list({ expand: ['data.payment.payment_intent'] });
    await stripe.invoicePayments.retrieve(payments.data[0]?.id ?? '', { expand: ['invoice'] });
    await judgeEvents();
    expect(faulty(oracle)).toEqual([]);
  });

  it('finds none in setup intents', async () => {
    const { id: customer } = await stripe.customers.create({});
    const made = await stripe.setupIntents.create({ customer, metadata: { a: 'b' } });
    const confirm = { payment_method: 'pm_card_visa', return_url: 'https://shop.example' };
    await stripe.setupIntents.confirm(made.id, { ...confirm, expand: ['payment_method'] });
    const cards = { customer, confirm: true, automatic_payment_methods: NO_REDIRECTS };
    await failure(stripe.setupIntents.create({ ...cards, payment_method: 'pm_card_chargeDeclined' }));
    const waiting = await stripe.setupIntents.create({
      ...cards,
      payment_method: 'pm_card_authenticationRequired',
    });
    await sandbox.control('POST', `setup_intents/${waiting.id}/3ds`, { result: 'failed' });
    await stripe.setupIntents.retrieve(waiting.id, { expand: ['customer'] });
    await stripe.setupIntents.cancel(waiting.id);
    await stripe.setupIntents.list({ customer });
    await judgeEvents();
    expect(faulty(oracle)).toEqual([]);
  });
});
