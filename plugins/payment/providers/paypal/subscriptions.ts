import {
  ApplicationContextUserAction,
  type CreateSubscriptionRequest,
  type SubscriptionTransactionDetails,
  SubscriptionsController,
} from '@paypal/paypal-server-sdk';
import { markedId } from '../marked-id.ts';
import type { SubscriptionRequest, Subscriptions } from '../subscriptions.ts';
import type { Renewal, SubscriptionSnapshot } from '../../subscriptions/model/snapshots.ts';
import { ProviderError } from '../provider-error.ts';
import { type ProviderCall } from '../provider-call.ts';
import { minorOf } from './amounts.ts';
import { afterwards, deadline, keyless, keyOf, prefer, unlessMissing } from './calls.ts';
import type { PayPalConnection } from './client.ts';
import { type Sales, toSaleSnapshot } from './sales.ts';
import { toSubscriptionSnapshot } from './subscription-mapping.ts';

const RESUME_REASON = 'Resumed by the merchant';
const CANCEL_REASON = 'Canceled by the merchant';

/** Subscriptions to a plan that exists at PayPal. PayPal keeps the keys of creating one for 72 hours. */
export function payPalSubscriptions(
  connection: PayPalConnection,
  sales: Sales,
  livemode: boolean,
): Subscriptions {
  const retrieve = async (id: string, call: ProviderCall): Promise<SubscriptionSnapshot> =>
    toSubscriptionSnapshot(
      await connection.run(keyless(call), (client, options) =>
        new SubscriptionsController(client).getSubscription({ id }, options),
      ),
      livemode,
    );

  return {
    async create(request, call) {
      const paypalRequestId = keyOf(call);
      if (request.methodRef !== undefined)
        throw new ProviderError({ class: 'invalid', code: 'saved_method_unsupported', param: 'methodRef' });
      const body = toRequest(request);
      const created = await connection.run(call, (client, options) =>
        new SubscriptionsController(client).createSubscription({ body, paypalRequestId, prefer }, options),
      );
      return toSubscriptionSnapshot(created, livemode);
    },
    retrieve,
    // PayPal lists subscriptions by plan only: what is not found here is not proven to be absent. The key is,
    // while PayPal has it: sent again, it answers with the subscription of the first time.
    find: async () => undefined,
    async cancel({ ref: id, atPeriodEnd }, call) {
      keyOf(call);
      if (atPeriodEnd)
        throw new ProviderError({ class: 'invalid', code: 'cancel_at_period_end_unsupported' });
      const within = deadline(call);
      try {
        await connection.run(call, (client, options) =>
          new SubscriptionsController(client).cancelSubscription(
            { id, body: { reason: CANCEL_REASON } },
            options,
          ),
        );
      } catch (error) {
        if (!(error instanceof ProviderError) || error.details.class !== 'already_done') throw error;
        const found = await retrieve(id, within());
        if (found.status === 'canceled' || found.status === 'expired') return found;
        throw error;
      }
      return afterwards(retrieve(id, within()));
    },
    async resume({ ref: id }, call) {
      keyOf(call);
      const within = deadline(call);
      const found = await retrieve(id, within());
      if (found.status === 'canceled' || found.status === 'expired')
        throw new ProviderError({ class: 'already_done', code: 'subscription_ended' });
      if (found.status !== 'paused') return found;
      await connection.run(within(), (client, options) =>
        new SubscriptionsController(client).activateSubscription(
          { id, body: { reason: RESUME_REASON } },
          options,
        ),
      );
      return afterwards(retrieve(id, within()));
    },
    retrieveRenewal: (ref, call) => unlessMissing(sales.renewal(ref, call)),
    async listRenewals({ ref: id, since, until = new Date() }, call) {
      const query = { id, startTime: since.toISOString(), endTime: until.toISOString() };
      const { transactions = [] } = await connection.run(keyless(call), (client, options) =>
        new SubscriptionsController(client).listSubscriptionTransactions(query, options),
      );
      return transactions.map((transaction) => toRenewal(transaction, id, livemode));
    },
  };
}

function toRequest({
  subscriptionId,
  deployment,
  planId,
  quantity,
  returnUrl,
}: SubscriptionRequest): CreateSubscriptionRequest {
  return {
    planId,
    quantity: String(quantity),
    customId: markedId(subscriptionId, deployment),
    ...(returnUrl !== undefined && {
      applicationContext: {
        returnUrl,
        cancelUrl: returnUrl,
        userAction: ApplicationContextUserAction.SubscribeNow,
      },
    }),
  };
}

/** A transaction of a subscription is a sale under the same id. */
function toRenewal(
  { id, status, amountWithBreakdown: { grossAmount } }: SubscriptionTransactionDetails,
  subscriptionRef: string,
  livemode: boolean,
): Renewal {
  const currency = grossAmount.currencyCode.toLowerCase();
  const amountMinor = minorOf(grossAmount, currency);
  const snapshot = toSaleSnapshot({ id, status: status ?? '', amountMinor, currency }, livemode);
  return { ref: snapshot.ref, subscriptionRef, snapshot };
}
