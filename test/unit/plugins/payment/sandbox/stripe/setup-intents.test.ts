import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type Stripe from 'stripe';
import {
  failure,
  NO_REDIRECTS,
  payAt,
  PUBLISHABLE_KEY,
  refOf,
  startSandbox,
  stripeAt,
  typesAbout,
} from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let stripe: Stripe;
let customer: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  stripe = sandbox.stripe;
  customer = (await stripe.customers.create({})).id;
});
afterAll(() => sandbox.close());

const setUp = (more: Partial<Stripe.SetupIntentCreateParams> = {}) =>
  stripe.setupIntents.create({ customer, automatic_payment_methods: NO_REDIRECTS, ...more });
const answer = (id: string, result: string) => sandbox.control('POST', `setup_intents/${id}/3ds`, { result });

describe('a setup intent', () => {
  it('is confirmed by the front end and gives the customer a method that pays off-session', async () => {
    const made = await setUp({ metadata: { a: 'b' } });
    expect(made).toMatchObject({ status: 'requires_payment_method', usage: 'off_session', customer });
    const front = stripeAt(sandbox.origin, PUBLISHABLE_KEY);
    const confirm = { payment_method: 'pm_card_visa', client_secret: made.client_secret ?? '' };
    const done = await front.setupIntents.confirm(made.id, confirm);
    expect(done.status).toBe('succeeded');
    expect(done).not.toHaveProperty('metadata');
    const { payment_method: method } = await stripe.setupIntents.retrieve(made.id, {
      expand: ['payment_method'],
    });
    expect(method).toMatchObject({ customer });
    const paid = await payAt(stripe, refOf(method), { customer, off_session: true });
    expect(paid.status).toBe('succeeded');
    expect(await typesAbout(stripe, made.id)).toEqual(['setup_intent.created', 'setup_intent.succeeded']);
    const wrong = { ...confirm, client_secret: 'seti_secret_x' };
    expect(await failure(front.setupIntents.confirm(made.id, wrong))).toMatchObject({ statusCode: 400 });
  });

  it('waits for the payer, who may refuse', async () => {
    const confirm = { confirm: true, payment_method: 'pm_card_threeDSecure2Required' };
    const made = await setUp({ ...confirm, return_url: 'https://shop.example/back' });
    expect(made.status).toBe('requires_action');
    const page = await fetch(made.next_action?.redirect_to_url?.url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ result: 'failed' }),
      redirect: 'manual',
    });
    expect(page.headers.get('location')).toContain(`setup_intent=${made.id}`);
    expect(await stripe.setupIntents.retrieve(made.id)).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { code: 'setup_intent_authentication_failure' },
    });
    const again = await stripe.setupIntents.confirm(made.id, {
      payment_method: 'pm_card_threeDSecure2Required',
    });
    expect((await answer(again.id, 'succeeded')).status).toBe(200);
    expect((await stripe.setupIntents.retrieve(made.id)).status).toBe('succeeded');
    expect((await answer(made.id, 'succeeded')).status).toBe(400);
    expect((await answer('seti_x', 'succeeded')).status).toBe(404);
  });

  it('is declined, confirmed with another method, or canceled', async () => {
    const declined = await failure(setUp({ confirm: true, payment_method: 'pm_card_chargeDeclined' }));
    expect(declined).toMatchObject({ statusCode: 402, code: 'card_declined' });
    const { id } = declined.setup_intent ?? { id: '' };
    expect((await typesAbout(stripe, id)).at(-1)).toBe('setup_intent.setup_failed');
    const canceled = await stripe.setupIntents.cancel(id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    for (const call of [stripe.setupIntents.cancel(id), stripe.setupIntents.confirm(id)]) {
      expect(await failure(call)).toMatchObject({ code: 'setup_intent_unexpected_state' });
    }
    const { data } = await stripe.setupIntents.list({ customer, limit: 1 });
    expect(data.map((one) => one.id)).toEqual([id]);
    const other = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    const [theirs] = (await stripe.customers.listPaymentMethods(other.id)).data;
    expect(await failure(setUp({ payment_method: theirs?.id ?? '' }))).toMatchObject({
      code: 'resource_missing',
    });
  });
});
