import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type Stripe from 'stripe';
import { failure, payAt, startSandbox, typesAbout } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let stripe: Stripe;
let customer: Stripe.Customer;
beforeAll(async () => {
  sandbox = await startSandbox();
  stripe = sandbox.stripe;
  customer = await stripe.customers.create({ email: 'ada@example.com', metadata: { customer: 'cus_1' } });
});
afterAll(() => sandbox.close());

const attach = (name: string, to = customer.id) => stripe.paymentMethods.attach(name, { customer: to });

describe('a customer', () => {
  it('is created, changed, found by e-mail and deleted', async () => {
    const made = await stripe.customers.create({ email: 'eve@example.com', name: 'Eve' });
    expect(made).toMatchObject({ object: 'customer', email: 'eve@example.com', name: 'Eve', balance: 0 });
    const changed = await stripe.customers.update(made.id, { name: '', description: 'new' });
    expect(changed).toMatchObject({ name: null, description: 'new', email: 'eve@example.com' });
    const found = await stripe.customers.list({ email: 'eve@example.com' });
    expect(found.data.map(({ id }) => id)).toEqual([made.id]);
    const method = await attach('pm_card_visa', made.id);
    expect(await stripe.customers.del(made.id)).toEqual({ id: made.id, object: 'customer', deleted: true });
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ deleted: true });
    expect((await stripe.paymentMethods.retrieve(method.id)).customer).toBeNull();
    expect(await failure(stripe.customers.update(made.id, { name: 'x' }))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect(await failure(stripe.customers.del(made.id))).toMatchObject({ statusCode: 404 });
    expect(await failure(attach('pm_card_visa', made.id))).toMatchObject({ param: 'customer' });
    expect(await typesAbout(stripe, made.id)).toEqual([
      'customer.created',
      'customer.updated',
      'customer.deleted',
    ]);
  });

  it('has a default method only of its own', async () => {
    const method = await attach('pm_card_amex');
    const invoice_settings = { default_payment_method: method.id };
    const changed = await stripe.customers.update(customer.id, {
      invoice_settings,
      expand: ['invoice_settings.default_payment_method'],
    });
    expect(changed.invoice_settings.default_payment_method).toMatchObject({ id: method.id });
    const other = await stripe.customers.create({});
    expect(await failure(stripe.customers.update(other.id, { invoice_settings }))).toMatchObject({
      code: 'resource_missing',
    });
    expect(await failure(stripe.customers.create({ balance: 5 }))).toMatchObject({
      code: 'parameter_unknown',
    });
  });
});

describe('a payment method', () => {
  it('made by a magic name is a fresh one at each attachment, and is listed', async () => {
    const { id: owner } = await stripe.customers.create({});
    const [first, second] = [await attach('pm_card_visa', owner), await attach('pm_card_visa', owner)];
    expect(first).toMatchObject({ customer: owner, card: { last4: '4242' } });
    expect(second.id).not.toBe(first.id);
    const { data } = await stripe.paymentMethods.list({ customer: owner, type: 'card' });
    expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
    const page = await stripe.customers.listPaymentMethods(owner, { starting_after: second.id });
    expect(page.data.map(({ id }) => id)).toEqual([first.id]);
    const changed = await stripe.paymentMethods.update(first.id, { card: { exp_year: 2040 } });
    expect(changed.card?.exp_year).toBe(2040);
    expect(await typesAbout(stripe, first.id)).toEqual(['payment_method.attached', 'payment_method.updated']);
  });

  it('belongs to one customer, and is gone for good once detached', async () => {
    const method = await attach('pm_card_visa');
    expect((await attach(method.id)).id).toBe(method.id);
    const other = await stripe.customers.create({});
    expect(await failure(attach(method.id, other.id))).toMatchObject({
      code: 'payment_method_unexpected_state',
    });
    expect((await stripe.paymentMethods.detach(method.id)).customer).toBeNull();
    expect(await failure(stripe.paymentMethods.detach(method.id))).toMatchObject({ statusCode: 400 });
    expect((await failure(attach(method.id))).message).toContain('may not be used again');
    expect((await failure(payAt(stripe, method.id))).message).toContain('may not be used again');
    expect(await failure(stripe.paymentMethods.update(method.id, {}))).toMatchObject({ statusCode: 400 });
    expect((await typesAbout(stripe, method.id)).at(-1)).toBe('payment_method.detached');
  });

  it('is declined when it is saved, unless it only fails later', async () => {
    expect(await failure(attach('pm_card_chargeDeclined'))).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
    });
    const later = await attach('pm_card_chargeCustomerFail');
    const charged = payAt(stripe, later.id, { customer: customer.id, off_session: true });
    expect(await failure(charged)).toMatchObject({ statusCode: 402, code: 'card_declined' });
  });
});

describe('payments of a customer', () => {
  it('are charged off-session with a saved method', async () => {
    const method = await attach('pm_card_visa');
    const paid = await payAt(stripe, method.id, {
      customer: customer.id,
      off_session: true,
      expand: ['latest_charge'],
    });
    expect(paid).toMatchObject({
      status: 'succeeded',
      customer: customer.id,
      payment_method: method.id,
      latest_charge: { customer: customer.id },
    });
    const again = await payAt(stripe, method.id, { customer: customer.id });
    expect(again.status).toBe('succeeded');
    const refund = await stripe.refunds.create({ payment_intent: paid.id });
    expect(refund.status).toBe('succeeded');
    const { data } = await stripe.paymentIntents.list({ customer: customer.id });
    expect(data.map(({ id }) => id).slice(0, 2)).toEqual([again.id, paid.id]);
  });

  it('refuse the method of somebody else', async () => {
    const method = await attach('pm_card_visa');
    const other = await stripe.customers.create({});
    expect(await failure(payAt(stripe, method.id, { customer: other.id }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'payment_method',
    });
    expect((await failure(payAt(stripe, method.id))).message).toContain('belongs to the Customer');
    const unknown = { customer: 'cus_unknown' };
    expect(await failure(payAt(stripe, 'pm_card_visa', unknown))).toMatchObject({ param: 'customer' });
    const open = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd', customer: other.id });
    const confirm = { payment_method: method.id, return_url: 'https://shop.example' };
    expect(await failure(stripe.paymentIntents.confirm(open.id, confirm))).toMatchObject({
      code: 'resource_missing',
    });
  });

  it('save the method when that is asked for; others are used once', async () => {
    const saving = { customer: customer.id, setup_future_usage: 'off_session' } as const;
    const saved = await payAt(stripe, 'pm_card_visa', { ...saving, expand: ['payment_method'] });
    expect(saved.payment_method).toMatchObject({ customer: customer.id });
    const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    await payAt(stripe, method.id);
    expect((await failure(payAt(stripe, method.id))).message).toContain('may not be used again');
  });
});
