import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type Stripe from 'stripe';
import { failure, payAt, receiver, refOf, startSandbox, typesAbout } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let stripe: Stripe;
beforeAll(async () => {
  sandbox = await startSandbox();
  stripe = sandbox.stripe;
});
afterAll(() => sandbox.close());

async function dispute(ref: string, more: object = {}): Promise<Stripe.Dispute> {
  const { body, status } = await sandbox.control('POST', 'disputes', { ref, ...more });
  expect(body.error).toBeUndefined();
  expect(status).toBe(200);
  return stripe.disputes.retrieve(String(body['id']));
}
const end = (id: string, outcome: string) => sandbox.control('POST', `disputes/${id}/close`, { outcome });

describe('a dispute', () => {
  it('takes the money, blocks refunds, and gives it back when it is won', async () => {
    const paid = await payAt(stripe, 'pm_card_visa');
    const opened = await dispute(paid.id, { reason: 'product_not_received', amount: 600 });
    expect(opened).toMatchObject({
      amount: 600,
      reason: 'product_not_received',
      status: 'needs_response',
      is_charge_refundable: false,
      payment_intent: paid.id,
      balance_transactions: [{ amount: -600, fee: 1500, net: -2100 }],
    });
    const charge = await stripe.charges.retrieve(refOf(paid.latest_charge));
    expect(charge).toMatchObject({ disputed: true, amount_refunded: 0 });
    expect(await failure(stripe.refunds.create({ payment_intent: paid.id }))).toMatchObject({
      statusCode: 400,
      code: 'charge_disputed',
      message: `Charge ${charge.id} has been charged back; cannot issue a refund.`,
    });
    const answered = await stripe.disputes.update(opened.id, { evidence: { product_description: 'socks' } });
    expect(answered).toMatchObject({
      status: 'under_review',
      evidence_details: { has_evidence: true, submission_count: 1 },
    });
    expect((await end(opened.id, 'won')).status).toBe(200);
    const won = await stripe.disputes.retrieve(opened.id);
    expect(won).toMatchObject({ status: 'won', is_charge_refundable: true });
    expect(won.balance_transactions.map(({ amount }) => amount)).toEqual([-600, 600]);
    expect(await typesAbout(stripe, opened.id)).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.updated',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]);
    expect((await stripe.refunds.create({ payment_intent: paid.id })).amount).toBe(1000);
    expect((await end(opened.id, 'lost')).status).toBe(400);
  });

  it('is lost by the bank or by giving in, for good', async () => {
    const paid = await payAt(stripe, 'pm_card_visa');
    const opened = await dispute(refOf(paid.latest_charge));
    expect((await sandbox.control('POST', 'disputes', { ref: paid.id })).status).toBe(400);
    expect((await stripe.disputes.close(opened.id)).status).toBe('lost');
    expect(await failure(stripe.disputes.close(opened.id))).toMatchObject({ statusCode: 400 });
    expect(await failure(stripe.refunds.create({ payment_intent: paid.id }))).toMatchObject({
      code: 'charge_disputed',
    });
    const { data } = await stripe.disputes.list({ payment_intent: paid.id });
    expect(data.map(({ id, status }) => [id, status])).toEqual([[opened.id, 'lost']]);
    expect((await stripe.disputes.list({ charge: 'ch_other' })).data).toEqual([]);
    const other = await dispute((await payAt(stripe, 'pm_card_visa')).id);
    expect((await end(other.id, 'warning_closed')).status).toBe(400);
    expect((await end(other.id, 'lost')).status).toBe(200);
    expect(await stripe.disputes.retrieve(other.id)).toMatchObject({
      status: 'lost',
      is_charge_refundable: false,
    });
  });

  it('is opened by pm_card_createDispute, and decided by magic evidence', async () => {
    for (const [text, outcome] of [
      ['winning_evidence', 'won'],
      ['losing_evidence', 'lost'],
    ] as const) {
      const held = await payAt(stripe, 'pm_card_createDispute', { capture_method: 'manual' });
      expect((await stripe.disputes.list({ payment_intent: held.id })).data).toEqual([]);
      await stripe.paymentIntents.capture(held.id, { amount_to_capture: 700 });
      const [opened] = (await stripe.disputes.list({ payment_intent: held.id })).data;
      expect(opened).toMatchObject({ amount: 700, reason: 'fraudulent' });
      const saved = await stripe.disputes.update(opened?.id ?? '', {
        evidence: { uncategorized_text: text },
        submit: false,
      });
      expect(saved.status).toBe('needs_response');
      await stripe.disputes.update(saved.id, { evidence: { uncategorized_text: text } });
      await sandbox.control('POST', 'clock', { advance: '2s' });
      expect((await stripe.disputes.retrieve(saved.id)).status).toBe(outcome);
    }
  });

  it('may begin as an inquiry, which takes no money and leaves refunds possible', async () => {
    const paid = await payAt(stripe, 'pm_card_visa');
    const asked = await dispute(paid.id, { inquiry: true });
    expect(asked).toMatchObject({
      status: 'warning_needs_response',
      is_charge_refundable: true,
      balance_transactions: [],
      payment_method_details: { card: { case_type: 'inquiry' } },
    });
    await stripe.refunds.create({ payment_intent: paid.id, amount: 100 });
    expect((await end(asked.id, 'won')).status).toBe(400);
    const answered = await stripe.disputes.update(asked.id, { evidence: { uncategorized_text: 'no' } });
    expect(answered.status).toBe('warning_under_review');
    await end(asked.id, 'warning_closed');
    expect((await stripe.disputes.retrieve(asked.id)).status).toBe('warning_closed');
    const worse = await dispute(paid.id, { inquiry: true });
    expect(worse.amount).toBe(900);
    await sandbox.control('POST', `disputes/${worse.id}/escalate`);
    expect(await stripe.disputes.retrieve(worse.id)).toMatchObject({
      status: 'needs_response',
      is_charge_refundable: false,
      balance_transactions: [{ amount: -900 }],
    });
  });

  it('cannot be opened of what is not there or not captured', async () => {
    const held = await payAt(stripe, 'pm_card_visa', { capture_method: 'manual' });
    expect((await sandbox.control('POST', 'disputes', { ref: held.id })).status).toBe(400);
    expect((await sandbox.control('POST', 'disputes', { ref: 'pi_x' })).status).toBe(404);
    expect((await end('du_x', 'won')).status).toBe(404);
    expect(await failure(stripe.disputes.retrieve('du_x'))).toMatchObject({ statusCode: 404 });
    const paid = await payAt(stripe, 'pm_card_visa');
    expect((await sandbox.control('POST', 'disputes', { ref: paid.id, amount: 1001 })).status).toBe(400);
    expect((await sandbox.control('POST', 'disputes', { ref: paid.id, reason: 'rage' })).status).toBe(400);
  });
});

describe('an early fraud warning', () => {
  it('is sent, read, listed, and needs no action after a refund', async () => {
    const paid = await payAt(stripe, 'pm_card_visa');
    const { body } = await sandbox.control('POST', 'early_fraud_warnings', { ref: paid.id });
    const id = String(body['id']);
    const charge = paid.latest_charge;
    const warning = { id, actionable: true, charge, payment_intent: paid.id };
    expect(await stripe.radar.earlyFraudWarnings.retrieve(id)).toMatchObject(warning);
    expect(await typesAbout(stripe, id)).toEqual(['radar.early_fraud_warning.created']);
    await stripe.refunds.create({ payment_intent: paid.id });
    const { data } = await stripe.radar.earlyFraudWarnings.list({ payment_intent: paid.id });
    expect(data).toMatchObject([{ id, actionable: false }]);
    expect(await failure(stripe.radar.earlyFraudWarnings.retrieve('issfr_x'))).toMatchObject({
      statusCode: 404,
    });
  });
});

describe('the events list', () => {
  it('finds by type with *, by time, and what did not arrive', async () => {
    const hook = await receiver();
    const sending = await startSandbox({ webhookUrl: hook.url });
    try {
      await payAt(sending.stripe, 'pm_card_visa');
      await expect.poll(() => hook.received.length).toBe(3);
      await sending.control('POST', 'webhooks', { mode: 'drop' });
      const lost = await payAt(sending.stripe, 'pm_card_visa');
      const list = async (query: Stripe.EventListParams) =>
        (await sending.stripe.events.list({ limit: 100, ...query })).data;
      // The last answer may not be recorded yet.
      await expect.poll(async () => (await list({ delivery_success: true })).length).toBe(3);
      const missed = await list({ delivery_success: false });
      expect(missed.map(({ type }) => type)).toEqual([
        'payment_intent.succeeded',
        'charge.succeeded',
        'payment_intent.created',
      ]);
      expect(missed[0]?.data.object).toMatchObject({ id: lost.id });
      expect(await list({ type: 'charge.*' })).toHaveLength(2);
      expect(await list({ created: { gt: missed[0]?.created ?? 0 } })).toEqual([]);
      const both = { type: 'charge.*', types: ['charge.failed'] };
      expect(await failure(sending.stripe.events.list(both))).toMatchObject({ statusCode: 400 });
    } finally {
      await sending.close();
      await hook.close();
    }
  });
});
