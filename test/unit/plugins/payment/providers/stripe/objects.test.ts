import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { toDispute } from '../../../../../../plugins/payment/providers/stripe/dispute.ts';
import { toMethod } from '../../../../../../plugins/payment/providers/stripe/methods.ts';
import { toRefund } from '../../../../../../plugins/payment/providers/stripe/refund.ts';
import { toSubscription } from '../../../../../../plugins/payment/providers/stripe/subscription.ts';

const folder = fileURLToPath(new URL('../../../../../../../shared/samples/stripe/', import.meta.url));
const present = existsSync(folder);

/** What the events of a name carry. */
function sample(name: string): never {
  const text = readFileSync(`${folder}${name}.json`, 'utf8');
  return (JSON.parse(text) as { data: { object: never } }).data.object;
}

const refund = (more: Partial<Stripe.Refund> = {}): Stripe.Refund =>
  ({ id: 're_1', object: 'refund', amount: 1000, currency: 'eur', status: 'succeeded', ...more }) as never;
const dispute = (more: Partial<Stripe.Dispute> = {}): Stripe.Dispute =>
  ({
    id: 'du_1',
    object: 'dispute',
    amount: 1000,
    currency: 'eur',
    status: 'needs_response',
    reason: 'fraudulent',
    livemode: false,
    is_charge_refundable: false,
    ...more,
  }) as never;
const subscription = (more: Partial<Stripe.Subscription> = {}): Stripe.Subscription =>
  ({
    id: 'sub_1',
    object: 'subscription',
    status: 'active',
    cancel_at: null,
    cancel_at_period_end: false,
    customer: 'cus_1',
    items: { data: [{ price: { id: 'price_1' }, current_period_end: 1_800_000_000 }] },
    livemode: false,
    metadata: {},
    ...more,
  }) as never;
const unexpected = expect.objectContaining({ details: { class: 'unknown', code: 'unexpected_answer' } });

describe('a refund', () => {
  it.each([
    ['pending', 'pending'],
    ['requires_action', 'requires_action'],
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['something_new', undefined],
    [null, undefined],
  ])('that is %s is %s', (status, ours) => {
    expect(toRefund(refund({ status })).status).toBe(ours);
  });

  it('carries our id, and its amount in minor units of its currency', () => {
    const made = refund({ metadata: { refund_id: 'rf_1' }, currency: 'isk', amount: 50_000 });
    expect(toRefund(made)).toMatchObject({ refundId: 'rf_1', currency: 'isk', amountMinor: 500 });
    expect(toRefund(refund({ metadata: null })).refundId).toBeUndefined();
  });

  it('without an amount says nothing', () => {
    expect(() => toRefund(refund({ amount: undefined as never }))).toThrow(unexpected);
    expect(() => toRefund({ id: 're_1', object: 'charge' } as never)).toThrow(unexpected);
  });
});

describe('a dispute', () => {
  it.each([
    ['warning_needs_response', 'inquiry'],
    ['warning_under_review', 'inquiry'],
    ['warning_closed', 'closed'],
    ['needs_response', 'open'],
    ['under_review', 'under_review'],
    ['won', 'won'],
    ['lost', 'lost'],
    ['prevented', 'closed'],
    ['something_new', undefined],
  ])('that is %s is %s', (status, ours) => {
    expect(toDispute(dispute({ status: status as never })).status).toBe(ours);
  });

  it('blocks refunds while it is open and its charge cannot be refunded', () => {
    expect(toDispute(dispute()).blocksRefunds).toBe(true);
    expect(toDispute(dispute({ is_charge_refundable: true })).blocksRefunds).toBe(false);
    expect(toDispute(dispute({ status: 'lost' })).blocksRefunds).toBe(false);
    expect(toDispute(dispute({ status: 'something_new' as never })).blocksRefunds).toBe(true);
  });
});

describe('a subscription', () => {
  it.each([
    ['incomplete', 'incomplete'],
    ['incomplete_expired', 'expired'],
    ['trialing', 'trialing'],
    ['active', 'active'],
    ['past_due', 'past_due'],
    ['unpaid', 'unpaid'],
    ['paused', 'paused'],
    ['canceled', 'canceled'],
    ['something_new', undefined],
  ])('that is %s is %s', (status, ours) => {
    expect(toSubscription(subscription({ status: status as never })).status).toBe(ours);
  });

  it('is canceling when it ends with its period, by the flag or the date', () => {
    const canceling = { status: 'canceling', cancelAtPeriodEnd: true };
    expect(toSubscription(subscription({ cancel_at_period_end: true }))).toMatchObject(canceling);
    expect(toSubscription(subscription({ cancel_at: 1_800_000_000 }))).toMatchObject(canceling);
    expect(toSubscription(subscription({ cancel_at: 1_900_000_000 }))).toMatchObject({
      status: 'active',
      cancelAtPeriodEnd: false,
    });
    const late = subscription({ status: 'past_due', cancel_at_period_end: true });
    expect(toSubscription(late)).toMatchObject({ status: 'past_due', cancelAtPeriodEnd: true });
  });

  it('shows the secret of its first invoice only while that is to be paid', () => {
    const invoice = { confirmation_secret: { client_secret: 'pi_1_secret_2', type: 'payment_intent' } };
    const waiting = { status: 'incomplete', latest_invoice: invoice } as never;
    expect(toSubscription(subscription(waiting)).clientSecret).toBe('pi_1_secret_2');
    expect(toSubscription(subscription({ latest_invoice: invoice as never })).clientSecret).toBeUndefined();
  });
});

describe('a payment method', () => {
  it('is detached when no customer has it', () => {
    const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 };
    const method = { id: 'pm_1', object: 'payment_method', type: 'card', card, customer: 'cus_1' };
    expect(toMethod(method as never)).toMatchObject({
      status: 'active',
      customerRef: 'cus_1',
      brand: 'visa',
      last4: '4242',
    });
    expect(toMethod({ ...method, customer: null } as never).status).toBe('detached');
  });
});

describe.skipIf(!present)(present ? 'samples' : `skipped: there are no samples at ${folder}`, () => {
  it('reads refunds', () => {
    expect(toRefund(sample('refund.created'))).toMatchObject({ status: 'pending', amountMinor: 1000 });
    expect(toRefund(sample('refund.failed'))).toMatchObject({
      status: 'failed',
      currency: 'eur',
      refundId: undefined,
      failureCode: 'expired_or_canceled_card',
    });
  });

  it('reads disputes', () => {
    expect(toDispute(sample('charge.dispute.created'))).toMatchObject({
      status: 'open',
      amountMinor: 2599,
      paymentRef: 'pi_3SampleAAAAAAAAAA0001',
      dueBy: '2026-11-15T03:26:40.000Z',
      blocksRefunds: true,
    });
    expect(toDispute(sample('charge.dispute.closed.won'))).toMatchObject({ status: 'won' });
    expect(toDispute(sample('charge.dispute.closed.lost'))).toMatchObject({
      status: 'lost',
      blocksRefunds: false,
    });
  });

  it.each([
    ['created', 'incomplete'],
    ['updated', 'active'],
    ['updated.cancel_at_period_end', 'canceling'],
    ['updated.past_due', 'past_due'],
    ['trial_will_end', 'trialing'],
    ['paused', 'paused'],
    ['deleted', 'canceled'],
  ])('reads customer.subscription.%s as %s', (name, status) => {
    expect(toSubscription(sample(`customer.subscription.${name}`))).toMatchObject({
      status,
      planId: 'price_1SampleAAAAAAAAAA0001',
      customerRef: 'cus_SampleAAAAAA01',
      currentPeriodEnd: new Date(1_796_178_400_000).toISOString(),
    });
  });

  it('reads payment methods', () => {
    expect(toMethod(sample('payment_method.attached'))).toMatchObject({ status: 'active', type: 'card' });
  });
});
