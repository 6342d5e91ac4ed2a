import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type Stripe from 'stripe';
import { decideEach, offered } from '../decisions.ts';
import { monthlyPrice, NO_REDIRECTS, payAt, refOf, startSandbox } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let stripe: Stripe;
let price: Stripe.Price;
beforeAll(async () => {
  sandbox = await startSandbox();
  stripe = sandbox.stripe;
  price = await monthlyPrice(stripe);
});
afterAll(() => sandbox.close());

const decide = (kind: string, make: () => Promise<string>) => decideEach(sandbox.control, kind, make);
async function savedMethod(): Promise<{ readonly customer: string; readonly id: string }> {
  const { id: customer } = await stripe.customers.create({});
  return { customer, id: (await stripe.paymentMethods.attach('pm_card_visa', { customer })).id };
}
async function subscribe(more: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const { customer, id } = await savedMethod();
  return stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    default_payment_method: id,
    ...more,
  });
}
const refund = async () =>
  (await stripe.refunds.create({ payment_intent: (await payAt(stripe, 'pm_card_pendingRefund')).id })).id;
async function dispute(inquiry: boolean): Promise<string> {
  const { id } = await payAt(stripe, 'pm_card_visa');
  return String((await sandbox.control('POST', 'disputes', { ref: id, inquiry })).body['id']);
}

describe('what can be decided at Stripe', () => {
  it('are refunds under way', async () => {
    expect(await decide('refund', refund)).toEqual({
      'It arrives': 'none',
      'It fails': 'none',
      'Ask for an account': 'requires_action',
    });
    const asked = async () => {
      const id = await refund();
      await sandbox.control('POST', `refunds/${id}/settle`, { result: 'requires_action' });
      return id;
    };
    expect(await decide('refund', asked)).toEqual({
      'It arrives': 'none',
      'It fails': 'none',
      Cancel: 'none',
    });
  });

  it('are disputes, and inquiries, which can become one', async () => {
    expect(await decide('dispute', () => dispute(false))).toEqual({
      'The shop wins': 'none',
      'The buyer wins': 'none',
    });
    expect(await decide('inquiry', () => dispute(true))).toEqual({
      Escalate: 'none',
      'Close the inquiry': 'none',
      'The buyer wins': 'none',
    });
    const escalated = async () => {
      const id = await dispute(true);
      await sandbox.control('POST', `disputes/${id}/escalate`);
      return id;
    };
    expect(Object.keys(await decide('dispute', escalated))).toEqual(['The shop wins', 'The buyer wins']);
  });

  it('are set-ups that wait for their payer', async () => {
    const { id: customer } = await stripe.customers.create({});
    const setUp = async () => {
      const confirm = { confirm: true, payment_method: 'pm_card_threeDSecure2Required' };
      const more = {
        ...confirm,
        return_url: 'https://shop.example/',
        automatic_payment_methods: NO_REDIRECTS,
      };
      return (await stripe.setupIntents.create({ customer, ...more })).id;
    };
    expect(await decide('set-up', setUp)).toEqual({ 'Pass 3-D Secure': 'none', 'Fail it': 'none' });
  });

  it('are saved methods, whose charges the bank can decline', async () => {
    expect(await decide('payment method', async () => (await savedMethod()).id)).toEqual({
      'Decline charges': 'declining',
      Remove: 'none',
    });
    const { customer, id } = await savedMethod();
    const pay = () => payAt(stripe, id, { customer, off_session: true });
    await sandbox.control('POST', `payment_methods/${id}/charges`, { decline: true });
    await expect(pay()).rejects.toMatchObject({ code: 'card_declined' });
    const [accept] =
      (await offered(sandbox.control, 'payment method')).find((one) => one.id === id)?.choices ?? [];
    await sandbox.control('POST', accept?.control ?? '', accept?.body);
    expect((await pay()).status).toBe('succeeded');
    expect((await sandbox.control('POST', 'payment_methods/pm_none/charges', { decline: true })).status).toBe(
      404,
    );
  });

  it('are subscriptions, which renew, fail, pause and end', async () => {
    expect(await decide('subscription', async () => (await subscribe()).id)).toEqual({
      'Next renewal': 'active',
      Pause: 'active',
      Cancel: 'none',
    });
    const paused = async () => {
      const { id } = await subscribe();
      await sandbox.control('POST', `subscriptions/${id}/pause`);
      return id;
    };
    expect(await decide('subscription', paused)).toMatchObject({ Resume: 'active' });

    const { default_payment_method: method, id } = await subscribe();
    const decision = async () =>
      (await offered(sandbox.control, 'subscription')).find((one) => one.id === id);
    await sandbox.control('POST', `payment_methods/${refOf(method)}/charges`, { decline: true });
    const renew = async () => {
      const next = (await decision())?.choices.find(({ label }) => label === 'Next renewal');
      await sandbox.control('POST', next?.control ?? '', next?.body);
      return (await decision())?.status;
    };
    // The renewal, and the three times that it is tried again: then the subscription is over.
    expect([await renew(), await renew(), await renew(), await renew()]).toEqual([
      'past_due',
      'past_due',
      'past_due',
      undefined,
    ]);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
  });

  it('are the newest, as many as are asked for', async () => {
    const { body } = await sandbox.control('GET', 'decisions?limit=1');
    expect((body as unknown as { decisions: unknown[] }).decisions).toHaveLength(1);
    expect((await sandbox.control('GET', 'decisions?limit=x')).status).toBe(400);
  });
});
