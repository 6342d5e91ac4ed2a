import { PaymentsController } from '@paypal/paypal-server-sdk';
import type { RefundSnapshot } from '../../refunds/model/refund-snapshot.ts';
import { markedId } from '../marked-id.ts';
import type { RefundsAndDisputes, RefundRequest } from '../refunds-and-disputes.ts';
import { ProviderError } from '../provider-error.ts';
import { type ProviderCall } from '../provider-call.ts';
import { moneyOf } from './amounts.ts';
import { deadline, keyless, keyOf, prefer } from './calls.ts';
import { type RawDispute, toDisputeSnapshot } from './dispute-mapping.ts';
import type { Orders } from './orders.ts';
import { toRefundSnapshot } from './refund-mapping.ts';
import { saleIdOf } from './sale-ref.ts';
import type { Sales } from './sales.ts';
import { REFUNDED, searchTransactions } from './transactions.ts';

const DAY_MS = 86_400_000;
/** PayPal allows refunds for 180 days after the payment; the search ends after 200 days, in milliseconds. */
const REFUNDABLE_MS = 200 * DAY_MS;

/** Refunds and disputes. PayPal keeps the keys of refunds for 45 days. */
export function payPalRefundsAndDisputes(
  orders: Orders,
  sales: Sales,
  livemode: boolean,
): RefundsAndDisputes {
  const { connection } = orders;
  const retrieveRefund = async (refundId: string, call: ProviderCall): Promise<RefundSnapshot> =>
    toRefundSnapshot(
      await connection.run(keyless(call), (client, options) =>
        new PaymentsController(client).getRefund({ refundId }, options),
      ),
    );

  /** Lists the refunds of a sale by a transaction search, because no resource lists them. */
  const refundsOfSale = async (saleId: string, call: ProviderCall): Promise<readonly RefundSnapshot[]> => {
    const within = deadline(call);
    const from = await sales.createdAt(saleId, call);
    const to = new Date(
      Math.min(Math.max(Date.now(), from.getTime()) + DAY_MS, from.getTime() + REFUNDABLE_MS),
    );
    const transactions = await searchTransactions(connection, { from, to, type: REFUNDED }, within());
    const ids = transactions
      .filter(({ paypalReferenceId }) => paypalReferenceId === saleId)
      .flatMap(({ transactionId }) => transactionId ?? []);
    return Promise.all(ids.map((id) => retrieveRefund(id, within())));
  };

  return {
    async refund(request, call) {
      const paypalRequestId = keyOf(call);
      const within = deadline(call);
      const { refundId, deployment, amountMinor, currency } = request;
      const captureId = await captureOf(orders, request, call);
      // PayPal accepts an invoice id once, so each refund has its own.
      const marks = { customId: markedId(refundId, deployment), invoiceId: refundId };
      const body = { amount: moneyOf(amountMinor, currency), ...marks };
      const refund = await connection.run(within(), (client, options) =>
        new PaymentsController(client).refundCapturedPayment(
          { captureId, paypalRequestId, prefer, body },
          options,
        ),
      );
      return { ...toRefundSnapshot(refund), captureRef: captureId };
    },
    retrieveRefund,
    async listRefunds(ref, call) {
      const saleId = saleIdOf(ref);
      if (saleId !== undefined) return refundsOfSale(saleId, call);
      return orders.snapshotOf(await orders.get(ref, call)).refunds ?? [];
    },
    async retrieveDispute(ref, call) {
      const path = `/v1/customer/disputes/${encodeURIComponent(ref)}`;
      return toDisputeSnapshot((await connection.read(keyless(call), path)) as RawDispute, livemode);
    },
  };
}

/** The capture to refund: the given one, the sale itself, or the only one there is. */
async function captureOf(
  orders: Orders,
  { ref, captureRef }: RefundRequest,
  call: ProviderCall,
): Promise<string> {
  const known = captureRef ?? saleIdOf(ref);
  if (known !== undefined) return known;
  const { captures = [] } = orders.snapshotOf(await orders.get(ref, call));
  const [only, ...others] = captures;
  if (only === undefined || others.length > 0)
    throw new ProviderError({ class: 'invalid', code: 'capture_not_named' });
  return only.ref;
}
