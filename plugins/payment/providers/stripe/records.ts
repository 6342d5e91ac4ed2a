import type Stripe from 'stripe';
import type { StripeConfig } from '../../config.ts';
import { PAYMENT_ID_KEY } from '../metadata-keys.ts';
import type { LedgerEntry, ProviderRecords } from '../records.ts';
import { expectAmount, expectObject, secondsOf } from './answers.ts';
import { fromStripeUnit } from './currencies.ts';
import { toProviderEvent } from './event.ts';
import { markIn } from './marks.ts';
import { onePage } from './paging.ts';

/** Stripe's records: events for 30 days, payment intents permanently. */
export function stripeRecords(
  { events, paymentIntents }: Stripe,
  { accountId }: Pick<StripeConfig, 'accountId'>,
): ProviderRecords {
  return {
    async missedEvents({ since, until, cursor }, call) {
      const created = { gte: secondsOf(since), lte: secondsOf(until) };
      const list = (page: object, options: Stripe.RequestOptions) =>
        events.list({ ...page, created, delivery_success: false }, options);
      const { items, next } = await onePage(call, list, cursor);
      const ours = items.filter(({ account }) => account === undefined || account === accountId);
      const handled = ours.map(toProviderEvent).filter(({ kind }) => kind !== 'ignored');
      return { items: handled, next };
    },
    async ledger({ from, to, cursor }, call) {
      const created = { gte: secondsOf(from), lt: secondsOf(to) };
      const list = (page: object, options: Stripe.RequestOptions) =>
        paymentIntents.list({ ...page, created, expand: ['data.latest_charge'] }, options);
      const { items, next } = await onePage(call, list, cursor);
      return { items: items.map(toEntry), next };
    },
  };
}

/**
 * Refunds that are still pending count as refunded here: Stripe's charge counts them so. What a capture released
 * does not, since API version `2025-03-31.basil`.
 */
function toEntry(answer: Stripe.PaymentIntent): LedgerEntry {
  const intent = expectObject(answer, 'payment_intent');
  const { currency, latest_charge: charge } = intent;
  const minor = (amount: number) => fromStripeUnit(expectAmount(amount), currency);
  return {
    ref: intent.id,
    paymentId: intent.metadata?.[PAYMENT_ID_KEY],
    ...markIn(intent.metadata),
    currency,
    capturedMinor: minor(intent.amount_received),
    refundedMinor: charge !== null && typeof charge === 'object' ? minor(charge.amount_refunded) : 0,
  };
}
