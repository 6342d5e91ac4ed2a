import type Stripe from 'stripe';
import type { RefundsAndDisputes, RefundRequest } from '../refunds-and-disputes.ts';
import { PAYMENT_ID_KEY, REFUND_ID_KEY } from '../metadata-keys.ts';
import { callStripe, keyed } from './client.ts';
import { exactUnit } from './currencies.ts';
import { toDispute } from './dispute.ts';
import { deploymentMark } from './marks.ts';
import { everyPage } from './paging.ts';
import { toRefund } from './refund.ts';

/** Refunds are made of payment intents: Stripe spreads them over the captures itself. */
export function stripeRefundsAndDisputes({ refunds, disputes }: Stripe): RefundsAndDisputes {
  return {
    async refund(request, call) {
      const params = toRefundParams(request);
      return callStripe(keyed(call), async (options) => toRefund(await refunds.create(params, options)));
    },
    retrieveRefund: (ref, call) =>
      callStripe(call, async (options) => toRefund(await refunds.retrieve(ref, {}, options))),
    async listRefunds(ref, call) {
      const list = (page: object, options: Stripe.RequestOptions) =>
        refunds.list({ ...page, payment_intent: ref }, options);
      return (await everyPage(call, list)).map(toRefund);
    },
    retrieveDispute: (ref, call) =>
      callStripe(call, async (options) => toDispute(await disputes.retrieve(ref, {}, options))),
  };
}

function toRefundParams(request: RefundRequest): Stripe.RefundCreateParams {
  const { amountMinor, currency, reason } = request;
  return {
    payment_intent: request.ref,
    amount: exactUnit(amountMinor, currency),
    ...(reason !== undefined && { reason }),
    metadata: {
      [PAYMENT_ID_KEY]: request.paymentId,
      [REFUND_ID_KEY]: request.refundId,
      ...deploymentMark(request),
    },
  };
}
