import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type Stripe from 'stripe';
import { failure, NO_REDIRECTS, PUBLISHABLE_KEY, startSandbox, stripeAt } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let stripe: Stripe;
beforeAll(async () => {
  sandbox = await startSandbox();
  stripe = sandbox.stripe;
});
afterAll(() => sandbox.close());

const pay = (method: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    confirm: true,
    payment_method: method,
    automatic_payment_methods: NO_REDIRECTS,
    ...more,
  });

async function typesFor(intent: string): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  const about = ({ data: { object } }: Stripe.Event) =>
    (object as { id?: string }).id === intent ||
    (object as { payment_intent?: string }).payment_intent === intent;
  return data
    .filter(about)
    .map(({ type }) => type)
    .reverse();
}

describe('the way of an intent', () => {
  it('is created, confirmed by the front end and succeeds', async () => {
    const created = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      metadata: { order: '1' },
    });
    expect(created).toMatchObject({
      status: 'requires_payment_method',
      capture_method: 'automatic_async',
      amount_received: 0,
    });
    const front = stripeAt(sandbox.origin, PUBLISHABLE_KEY);
    const method = await front.paymentMethods.create({ type: 'card', card: { token: 'tok_mastercard' } });
    expect(method.card).toMatchObject({ brand: 'mastercard', last4: '4444' });
    const confirmed = await front.paymentIntents.confirm(created.id, {
      payment_method: method.id,
      return_url: 'https://shop.example/back',
      client_secret: created.client_secret,
    } as Stripe.PaymentIntentConfirmParams);
    expect(confirmed.status).toBe('succeeded');
    expect(confirmed).not.toHaveProperty('metadata');
    const paid = await stripe.paymentIntents.retrieve(created.id, {
      expand: ['latest_charge', 'payment_method'],
    });
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 1000, metadata: { order: '1' } });
    expect(paid.latest_charge).toMatchObject({ captured: true, amount_captured: 1000, status: 'succeeded' });
    expect(paid.payment_method).toMatchObject({ id: method.id });
    expect(await typesFor(created.id)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  it('is authorised and captured in part, which releases the rest', async () => {
    const held = await pay('pm_card_visa', { capture_method: 'manual', expand: ['latest_charge'] });
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1000, amount_received: 0 });
    const charge = held.latest_charge as Stripe.Charge;
    expect(charge.captured).toBe(false);
    expect(charge.payment_method_details?.card?.capture_before).toBe(charge.created + 7 * 24 * 3600);
    const tooMuch = await failure(stripe.paymentIntents.capture(held.id, { amount_to_capture: 1001 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large', param: 'amount_to_capture' });
    const open = await failure(
      stripe.paymentIntents.capture(held.id, { amount_to_capture: 1, final_capture: false }),
    );
    expect(open).toMatchObject({ statusCode: 400, param: 'final_capture' });
    const done = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 400 });
    expect(done).toMatchObject({
      status: 'succeeded',
      amount: 1000,
      amount_received: 400,
      amount_capturable: 0,
    });
    const captured = await stripe.charges.retrieve(charge.id, { expand: ['payment_intent'] });
    expect(captured).toMatchObject({ captured: true, amount_captured: 400, payment_intent: { id: held.id } });
    const again = await failure(stripe.paymentIntents.capture(held.id));
    expect(again).toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: held.id, status: 'succeeded' },
    });
    expect(await typesFor(held.id)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
    ]);
  });

  it('is cancelled once, with a reason', async () => {
    const held = await pay('pm_card_visa', { capture_method: 'manual' });
    const canceled = await stripe.paymentIntents.cancel(held.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
      amount_capturable: 0,
    });
    for (const call of [
      stripe.paymentIntents.cancel(held.id),
      stripe.paymentIntents.capture(held.id),
      stripe.paymentIntents.confirm(held.id),
    ]) {
      expect(await failure(call)).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    }
    expect((await typesFor(held.id)).at(-1)).toBe('payment_intent.canceled');
  });

  it('can be confirmed later with the method it was made with', async () => {
    const waiting = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'EUR',
      payment_method: 'pm_card_visa',
      automatic_payment_methods: NO_REDIRECTS,
    });
    expect(waiting).toMatchObject({ status: 'requires_confirmation', currency: 'eur' });
    expect((await stripe.paymentIntents.confirm(waiting.id)).status).toBe('succeeded');
  });

  it('updates description and metadata, and clears them', async () => {
    const { id } = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'eur',
      metadata: { a: '1', b: '2' },
    });
    expect(await stripe.paymentIntents.update(id, { description: 'x', metadata: { a: '' } })).toMatchObject({
      description: 'x',
      metadata: { b: '2' },
    });
    const cleared = await stripe.paymentIntents.update(id, { metadata: '' });
    expect(cleared.metadata).toEqual({});
  });

  it('lists in pages, newest first', async () => {
    const ids = [];
    for (let count = 0; count < 3; count += 1)
      ids.unshift((await stripe.paymentIntents.create({ amount: 500, currency: 'eur' })).id);
    const first = await stripe.paymentIntents.list({ limit: 2 });
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(first.has_more).toBe(true);
    const second = await stripe.paymentIntents.list({ limit: 1, starting_after: ids[1] ?? '' });
    expect(second.data[0]?.id).toBe(ids[2]);
    const back = await stripe.paymentIntents.list({ limit: 1, ending_before: ids[2] ?? '' });
    expect(back.data[0]?.id).toBe(ids[1]);
  });

  it('lists by time and type', async () => {
    const { created } = await stripe.paymentIntents.create({ amount: 500, currency: 'eur' });
    const count = async (query: Stripe.PaymentIntentListParams) =>
      (await stripe.paymentIntents.list({ limit: 100, ...query })).data.length;
    expect(await count({ created: { gt: created + 3600 } })).toBe(0);
    expect(await count({ created: { gte: created - 3600, lt: created + 3600 } })).toBe(await count({}));
    expect(await count({ created: created + 3600 })).toBe(0);
    const { data } = await stripe.events.list({ types: ['charge.succeeded', 'charge.failed'] });
    expect(data.every(({ type }) => type.startsWith('charge.'))).toBe(true);
    for (const call of [
      stripe.paymentIntents.list({ limit: 101 }),
      stripe.paymentIntents.list({ starting_after: 'pi_no' }),
      stripe.events.list({ type: 'charge.failed', types: ['charge.failed'] }),
    ]) {
      expect(await failure(call)).toMatchObject({ statusCode: 400 });
    }
  });

  it('shows captured money in the balance and events one by one', async () => {
    await pay('pm_card_visa', { currency: 'nok', amount: 700 });
    const balance = await stripe.balance.retrieve();
    expect(balance.pending).toContainEqual({ amount: 700, currency: 'nok', source_types: { card: 700 } });
    const { data } = await stripe.events.list({ type: 'payment_intent.succeeded', limit: 1 });
    const event = await stripe.events.retrieve(data[0]?.id ?? '');
    expect(event).toMatchObject({ api_version: '2026-10-28.endive', livemode: false, pending_webhooks: 0 });
    expect(event.request?.id).toMatch(/^req_/);
  });
});

describe('declines', () => {
  it.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('%s is a 402 that leaves the intent open', async (method, code, declineCode) => {
    const error = await failure(pay(method));
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      decline_code: declineCode,
    });
    const intent = error.payment_intent as Stripe.PaymentIntent;
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: { code },
    });
    expect(await typesFor(intent.id)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
    const charge = await stripe.charges.retrieve(error.charge ?? '');
    expect(charge).toMatchObject({ status: 'failed', paid: false, failure_code: code });
    expect((await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })).status).toBe(
      'succeeded',
    );
  });

  it('asks an off-session payer to come back', async () => {
    const error = await failure(pay('pm_card_authenticationRequired', { off_session: true }));
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' });
  });
});

describe('3-D Secure', () => {
  const start = (method = 'pm_card_threeDSecure2Required') =>
    pay(method, {
      automatic_payment_methods: { enabled: true },
      return_url: 'https://shop.example/back?order=1',
    });

  it('sends the payer to a page and back', async () => {
    const waiting = await start();
    expect(waiting.status).toBe('requires_action');
    const page = waiting.next_action?.redirect_to_url?.url ?? '';
    expect(await (await fetch(page)).text()).toContain('value="succeeded"');
    const answered = await fetch(page, {
      method: 'POST',
      body: new URLSearchParams({ result: 'succeeded' }),
      redirect: 'manual',
    });
    expect(answered.status).toBe(303);
    const target = new URL(answered.headers.get('location') ?? '');
    expect(Object.fromEntries(target.searchParams)).toEqual({
      order: '1',
      payment_intent: waiting.id,
      payment_intent_client_secret: waiting.client_secret,
      redirect_status: 'succeeded',
    });
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
      status: 'succeeded',
      next_action: null,
    });
    expect(await (await fetch(page)).text()).toContain('Nothing to approve');
  });

  it('fails by the control, and can be tried again', async () => {
    const waiting = await start();
    const answered = await sandbox.control('POST', `payment_intents/${waiting.id}/3ds`, { result: 'failed' });
    expect(answered).toMatchObject({ status: 200, body: { status: 'requires_payment_method' } });
    const intent = await stripe.paymentIntents.retrieve(waiting.id);
    expect(intent.last_payment_error?.code).toBe('payment_intent_authentication_failure');
    expect(await typesFor(waiting.id)).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'payment_intent.payment_failed',
    ]);
    const twice = await sandbox.control('POST', `payment_intents/${waiting.id}/3ds`, { result: 'succeeded' });
    expect(twice).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('requires_payment_method') } },
    });
  });

  it('can be declined after the payer agreed', async () => {
    const waiting = await start('pm_card_authenticationRequiredChargeDeclinedInsufficientFunds');
    await sandbox.control('POST', `payment_intents/${waiting.id}/3ds`, { result: 'succeeded' });
    const intent = await stripe.paymentIntents.retrieve(waiting.id);
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'insufficient_funds' },
    });
  });

  it('works without a return URL, and an unanswered intent can be cancelled', async () => {
    const waiting = await pay('pm_card_authenticationRequired');
    expect(waiting.next_action?.type).toBe('use_stripe_sdk');
    expect((await stripe.paymentIntents.cancel(waiting.id)).status).toBe('canceled');
  });
});

describe('bank accounts', () => {
  it.each([
    ['pm_usBankAccount_success', 'succeeded', ['charge.succeeded', 'payment_intent.succeeded']],
    [
      'pm_usBankAccount_insufficientFunds',
      'requires_payment_method',
      ['charge.failed', 'payment_intent.payment_failed'],
    ],
    ['pm_usBankAccount_processing', 'processing', []],
  ])('%s is processing first and ends %s', async (method, status, types) => {
    const pending = await pay(method);
    expect(pending.status).toBe('processing');
    expect(await failure(stripe.paymentIntents.cancel(pending.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await sandbox.control('POST', 'clock', { advance: '3s' });
    expect((await stripe.paymentIntents.retrieve(pending.id)).status).toBe(status);
    expect(await typesFor(pending.id)).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      ...types,
    ]);
  });

  it('are refused where they cannot be used', async () => {
    const error = await failure(pay('pm_usBankAccount_success', { capture_method: 'manual' }));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_incompatible_payment_method' });
  });
});
