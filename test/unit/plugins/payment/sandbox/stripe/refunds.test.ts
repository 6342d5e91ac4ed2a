import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type Stripe from 'stripe';
import { failure, payAt, refOf, startSandbox, typesAbout } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let stripe: Stripe;
beforeAll(async () => {
  sandbox = await startSandbox();
  stripe = sandbox.stripe;
});
afterAll(() => sandbox.close());

const pay = (method = 'pm_card_visa', more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  payAt(stripe, method, more);
const chargeOf = async ({ latest_charge: charge }: Stripe.PaymentIntent) =>
  stripe.charges.retrieve(refOf(charge));

describe('refunds', () => {
  it('give back parts of a charge until nothing is left', async () => {
    const paid = await pay();
    const first = await stripe.refunds.create({
      payment_intent: paid.id,
      amount: 300,
      reason: 'requested_by_customer',
      metadata: { refund: 'rf_1' },
    });
    expect(first).toMatchObject({
      object: 'refund',
      amount: 300,
      currency: 'usd',
      status: 'succeeded',
      charge: paid.latest_charge,
      payment_intent: paid.id,
      metadata: { refund: 'rf_1' },
    });
    expect(await chargeOf(paid)).toMatchObject({ amount_refunded: 300, refunded: false });
    const rest = await stripe.refunds.create({ charge: refOf(paid.latest_charge) });
    expect(rest.amount).toBe(700);
    expect(await chargeOf(paid)).toMatchObject({ amount_refunded: 1000, refunded: true });
    const none = await failure(stripe.refunds.create({ payment_intent: paid.id, amount: 1 }));
    expect(none).toMatchObject({
      statusCode: 400,
      code: 'charge_already_refunded',
      message: `Charge ${refOf(paid.latest_charge)} has already been refunded.`,
    });
    expect(await typesAbout(stripe, first.id)).toEqual(['refund.created']);
    expect((await typesAbout(stripe, refOf(paid.latest_charge))).slice(1)).toEqual([
      'charge.refunded',
      'charge.refunded',
    ]);
  });

  it('are never more than what was captured', async () => {
    const held = await pay('pm_card_visa', { capture_method: 'manual' });
    const early = await failure(stripe.refunds.create({ payment_intent: held.id }));
    expect(early.message).toBe(
      `This PaymentIntent (${held.id}) does not have a successful charge to refund.`,
    );
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 400 });
    const tooMuch = await failure(stripe.refunds.create({ payment_intent: held.id, amount: 401 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount' });
    expect(tooMuch.code).toBeUndefined();
    expect(tooMuch.message).toBe('Refund amount ($4.01) is greater than unrefunded amount on charge ($4.00)');
    // What was released is no refund.
    expect(await chargeOf(held)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect((await stripe.refunds.create({ payment_intent: held.id })).amount).toBe(400);
    expect(await chargeOf(held)).toMatchObject({ amount_refunded: 400, refunded: true });
    const whole = await pay();
    expect((await failure(stripe.refunds.create({ payment_intent: whole.id, amount: 1001 }))).message).toBe(
      'Refund amount ($10.01) is greater than charge amount ($10.00)',
    );
  });

  it('are refused without a charge that succeeded, and for things that are not there', async () => {
    const open = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    expect(await failure(stripe.refunds.create({ payment_intent: open.id }))).toMatchObject({
      statusCode: 400,
      param: 'payment_intent',
    });
    expect(await failure(stripe.refunds.create({}))).toMatchObject({ statusCode: 400 });
    expect(await failure(stripe.refunds.create({ payment_intent: 'pi_x' }))).toMatchObject({
      code: 'resource_missing',
      param: 'payment_intent',
    });
    expect(await failure(stripe.refunds.create({ charge: 'ch_x' }))).toMatchObject({ param: 'charge' });
    expect(await failure(stripe.refunds.retrieve('re_x'))).toMatchObject({ statusCode: 404 });
    const paid = await pay();
    expect(await failure(stripe.refunds.create({ payment_intent: paid.id, amount: 0 }))).toMatchObject({
      code: 'parameter_invalid_integer',
    });
    const other = { payment_intent: paid.id, refund_application_fee: true };
    expect(await failure(stripe.refunds.create(other))).toMatchObject({ code: 'parameter_unknown' });
  });

  it('happen once for one idempotency key', async () => {
    const paid = await pay();
    const body = { payment_intent: paid.id, amount: 400 };
    const first = await stripe.refunds.create(body, { idempotencyKey: 'refund-1' });
    const again = await stripe.refunds.create(body, { idempotencyKey: 'refund-1' });
    expect(again.id).toBe(first.id);
    expect((await chargeOf(paid)).amount_refunded).toBe(400);
    const key = { idempotencyKey: 'refund-2' };
    await failure(stripe.refunds.create({ payment_intent: paid.id, amount: 601 }, key));
    const replayed = await failure(stripe.refunds.create({ payment_intent: paid.id, amount: 601 }, key));
    expect(replayed.headers?.['idempotent-replayed']).toBe('true');
  });

  it('are listed by intent and charge, page by page, and take new metadata', async () => {
    const paid = await pay();
    const made: string[] = [];
    for (const amount of [100, 200, 300]) {
      made.unshift((await stripe.refunds.create({ payment_intent: paid.id, amount })).id);
    }
    const page = await stripe.refunds.list({ payment_intent: paid.id, limit: 2 });
    expect([page.data.map(({ id }) => id), page.has_more]).toEqual([made.slice(0, 2), true]);
    const rest = await stripe.refunds.list({ charge: refOf(paid.latest_charge), starting_after: made[1] });
    expect([rest.data.map(({ id }) => id), rest.has_more]).toEqual([made.slice(2), false]);
    const charge = await stripe.charges.retrieve(refOf(paid.latest_charge), { expand: ['refunds'] });
    expect(charge.refunds?.data.map(({ id }) => id)).toEqual(made);
    const changed = await stripe.refunds.update(made[0] ?? '', { metadata: { a: 'b' } });
    expect(changed.metadata).toEqual({ a: 'b' });
    expect(await failure(stripe.refunds.cancel(changed.id))).toMatchObject({ statusCode: 400 });
  });

  it('of pm_card_pendingRefund are pending first', async () => {
    const paid = await pay('pm_card_pendingRefund');
    const refund = await stripe.refunds.create({ payment_intent: paid.id });
    expect(refund.status).toBe('pending');
    expect(await chargeOf(paid)).toMatchObject({ amount_refunded: 1000, refunded: true });
    await sandbox.control('POST', 'clock', { advance: '5s' });
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect(await typesAbout(stripe, refund.id)).toEqual([
      'refund.created',
      'refund.updated',
      'charge.refund.updated',
    ]);
  });

  it('under way can be made to ask the payer, and are called off or end as a control says', async () => {
    const paid = await pay('pm_card_pendingRefund');
    const [asking, failing, arriving] = await Promise.all(
      [100, 200, 300].map((amount) => stripe.refunds.create({ payment_intent: paid.id, amount })),
    );
    if (!asking || !failing || !arriving) throw new Error('no refunds');
    const settle = (id: string, result: string) =>
      sandbox.control('POST', `refunds/${id}/settle`, { result });
    await settle(asking.id, 'requires_action');
    expect(await stripe.refunds.retrieve(asking.id)).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'display_details', display_details: { expires_at: expect.any(Number) } },
    });
    await settle(failing.id, 'failed');
    await settle(arriving.id, 'succeeded');
    await sandbox.control('POST', 'clock', { advance: '5s' });
    expect((await stripe.refunds.cancel(asking.id)).status).toBe('canceled');
    expect((await stripe.refunds.retrieve(failing.id)).status).toBe('failed');
    expect((await stripe.refunds.retrieve(arriving.id)).status).toBe('succeeded');
    expect((await chargeOf(paid)).amount_refunded).toBe(300);
    expect(await settle(arriving.id, 'failed')).toMatchObject({ status: 400 });
    expect(await settle('re_x', 'failed')).toMatchObject({ status: 404 });
    const other = await stripe.refunds.create({ payment_intent: paid.id, amount: 50 });
    expect(await settle(other.id, 'canceled')).toMatchObject({ status: 400 });
    await settle(other.id, 'requires_action');
    expect(await settle(other.id, 'canceled')).toMatchObject({ status: 200, body: { status: 'canceled' } });
  });

  it('of pm_card_refundFail succeed first and fail later, and can be tried again', async () => {
    const paid = await pay('pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 600 });
    expect(refund.status).toBe('succeeded');
    await sandbox.control('POST', 'clock', { advance: '5s' });
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
    });
    expect(await chargeOf(paid)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect(await typesAbout(stripe, refund.id)).toEqual([
      'refund.created',
      'refund.failed',
      'refund.updated',
      'charge.refund.updated',
    ]);
    expect((await stripe.refunds.create({ payment_intent: paid.id })).amount).toBe(1000);
  });
});

describe('several captures', () => {
  const multicapture = {
    capture_method: 'manual',
    payment_method_options: { card: { request_multicapture: 'if_available' } },
  } as const;

  it('take parts of one authorisation; the last one releases the rest', async () => {
    const held = await pay('pm_card_visa', { ...multicapture, expand: ['latest_charge'] });
    const { payment_method_details: details } = held.latest_charge as Stripe.Charge;
    expect(details?.card?.multicapture?.status).toBe('available');
    const part = { amount_to_capture: 300, final_capture: false };
    expect(await stripe.paymentIntents.capture(held.id, part)).toMatchObject({
      status: 'requires_capture',
      amount_received: 300,
      amount_capturable: 700,
    });
    const refund = await stripe.refunds.create({ payment_intent: held.id, amount: 100 });
    const tooMuch = { payment_intent: held.id, amount: 201 };
    expect(await failure(stripe.refunds.create(tooMuch))).toMatchObject({ param: 'amount' });
    expect(await failure(stripe.paymentIntents.cancel(held.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    const done = await stripe.paymentIntents.capture(held.id, {
      amount_to_capture: 200,
      expand: ['latest_charge'],
    });
    expect(done).toMatchObject({ status: 'succeeded', amount_received: 500, amount_capturable: 0 });
    expect(done.latest_charge).toMatchObject({
      captured: true,
      amount_captured: 500,
      amount_refunded: refund.amount,
    });
    expect((await stripe.refunds.create({ payment_intent: held.id })).amount).toBe(400);
    expect(await typesAbout(stripe, held.id)).toEqual([
      'payment_intent.created',
      'payment_intent.amount_capturable_updated',
      'payment_intent.amount_capturable_updated',
      'payment_intent.succeeded',
    ]);
  });

  it('can be asked for at confirmation, and only then allow final_capture=false', async () => {
    const created = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      capture_method: 'manual',
      payment_method: 'pm_card_visa',
    });
    await stripe.paymentIntents.confirm(created.id, {
      return_url: 'https://shop.example',
      payment_method_options: multicapture.payment_method_options,
    });
    const part = { amount_to_capture: 999, final_capture: false };
    expect((await stripe.paymentIntents.capture(created.id, part)).status).toBe('requires_capture');
    const single = await pay('pm_card_visa', { capture_method: 'manual' });
    expect(await failure(stripe.paymentIntents.capture(single.id, part))).toMatchObject({
      param: 'final_capture',
    });
  });

  it('are final when nothing is left, or when the authorisation ends', async () => {
    const whole = await pay('pm_card_visa', multicapture);
    const all = await stripe.paymentIntents.capture(whole.id, { final_capture: false });
    expect(all).toMatchObject({ status: 'succeeded', amount_received: 1000 });
    const ending = await pay('pm_card_visa', multicapture);
    await stripe.paymentIntents.capture(ending.id, { amount_to_capture: 400, final_capture: false });
    const empty = await pay('pm_card_visa', multicapture);
    await stripe.paymentIntents.capture(empty.id, { amount_to_capture: 400, final_capture: false });
    const closed = await stripe.paymentIntents.capture(empty.id, { amount_to_capture: 0 });
    expect(closed).toMatchObject({ status: 'succeeded', amount_received: 400 });
    await sandbox.control('POST', 'clock', { advance: '7d' });
    expect(await stripe.paymentIntents.retrieve(ending.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 400,
      amount_capturable: 0,
    });
  });
});
