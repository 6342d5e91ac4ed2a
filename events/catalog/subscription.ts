import * as z from 'zod/mini';
import { eventContract } from './contract.ts';

const text = z.string().check(z.minLength(1));

/** The states of a subscription that clients and subscribers see. */
export const subscriptionStatus = z.enum([
  'initiating',
  'incomplete',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceling',
  'canceled',
  'expired',
  'failed',
]);

const common = {
  provider: text,
  providerRef: z.nullable(text),
  /** Null in the first event of a subscription. */
  previousStatus: z.nullable(subscriptionStatus),
  status: subscriptionStatus,
  customerId: text,
  /** The provider's plan: Stripe's price, PayPal's plan. */
  planId: text,
  /** When the period that is paid for ends, where the provider says so. */
  periodEnd: z.optional(z.iso.datetime()),
};

export const subscriptionCreated = eventContract({
  type: 'subscription.created',
  version: '1.0.0',
  summary: 'A subscription was recorded here and at the provider; it may still wait for the payer.',
  data: () => z.object(common),
});

export const subscriptionActivated = eventContract({
  type: 'subscription.activated',
  version: '1.1.0',
  summary: 'The subscription became active for the first time.',
  data: () => z.object(common),
});

export const subscriptionUpdated = eventContract({
  type: 'subscription.updated',
  version: '1.0.0',
  summary: 'The plan or the quantity of the subscription changed, or its trial began or ended.',
  data: () => z.object({ ...common, quantity: z.int().check(z.gte(1)) }),
});

export const subscriptionPaused = eventContract({
  type: 'subscription.paused',
  version: '1.0.0',
  summary: 'The subscription is paused: nothing is charged until it is resumed.',
  data: () => z.object(common),
});

export const subscriptionResumed = eventContract({
  type: 'subscription.resumed',
  version: '1.0.0',
  summary: 'A paused subscription was resumed, or its cancellation at the end of the period was withdrawn.',
  data: () => z.object(common),
});

export const subscriptionRecovered = eventContract({
  type: 'subscription.recovered',
  version: '1.0.0',
  summary: 'A failed charge was paid: the subscription is active again.',
  data: () => z.object(common),
});

export const subscriptionRenewed = eventContract({
  type: 'subscription.renewed',
  version: '1.0.0',
  summary: 'A further period of the subscription was paid.',
  data: () => z.object({ ...common, paymentId: text }),
});

export const subscriptionPastDue = eventContract({
  type: 'subscription.past_due',
  version: '1.0.0',
  summary: 'A charge of the subscription failed and is not paid.',
  data: () => z.object(common),
});

export const subscriptionCanceling = eventContract({
  type: 'subscription.canceling',
  version: '1.0.0',
  summary: 'The subscription will be canceled at the end of its current period.',
  data: () => z.object(common),
});

export const subscriptionCanceled = eventContract({
  type: 'subscription.canceled',
  version: '1.0.0',
  summary: 'The subscription was canceled.',
  data: () => z.object(common),
});

export const subscriptionExpired = eventContract({
  type: 'subscription.expired',
  version: '1.0.0',
  summary: 'The subscription expired: its first payment was never made, or its plan has ended.',
  data: () => z.object(common),
});
