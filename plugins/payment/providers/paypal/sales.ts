import type { Renewal } from '../../subscriptions/model/snapshots.ts';
import type { ProviderCall } from '../provider-call.ts';
import type { Snapshot } from '../../payments/model/snapshot.ts';
import type { PaymentStatus } from '../../payments/model/state.ts';
import { minorOfText } from './amounts.ts';
import { keyless, unexpected } from './calls.ts';
import type { PayPalConnection } from './client.ts';
import { saleIdOf, toSaleRef } from './sale-ref.ts';

/** `GET /v1/payments/sale/{id}`, which the SDK does not have; every member may still be missing. */
interface RawSale {
  readonly id?: string;
  readonly state?: string;
  readonly amount?: { readonly total?: string; readonly currency?: string };
  readonly billing_agreement_id?: string;
  readonly reason_code?: string;
  readonly create_time?: string;
}

/** A charge of a subscription, from any list or resource. */
interface Sale {
  readonly id: string;
  /** PayPal's status, upper case: a sale has the states of a capture. */
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly reason?: string | undefined;
}

const statuses: Readonly<Record<string, PaymentStatus>> = {
  COMPLETED: 'succeeded',
  PARTIALLY_REFUNDED: 'succeeded',
  REFUNDED: 'succeeded',
  REVERSED: 'succeeded',
  PENDING: 'processing',
  DENIED: 'failed',
  DECLINED: 'failed',
  FAILED: 'failed',
};

/** A sale as the payment that it is. Of its refunds it says nothing: see `listRefunds`. */
export function toSaleSnapshot(sale: Sale, livemode: boolean): Snapshot {
  const { id, amountMinor, currency } = sale;
  const status = statuses[sale.status];
  const capturedMinor = status === 'succeeded' ? amountMinor : 0;
  return {
    ref: toSaleRef(id),
    status,
    providerStatus: sale.status,
    amountMinor,
    currency,
    livemode,
    paymentId: undefined,
    authorizedMinor: capturedMinor,
    capturableMinor: 0,
    capturedMinor,
    captures: capturedMinor > 0 ? [{ ref: id, amountMinor }] : [],
    failure: status === 'failed' ? { code: 'sale_denied', declineCode: sale.reason, ref: id } : undefined,
  };
}

/** Sales of one configuration. Methods reject with `ProviderError` only. */
export interface Sales {
  retrieve(ref: string, call: ProviderCall): Promise<Snapshot>;
  /** Undefined for a sale that no subscription made. */
  renewal(ref: string, call: ProviderCall): Promise<Renewal | undefined>;
  /** When it was made. */
  createdAt(ref: string, call: ProviderCall): Promise<Date>;
}

export function payPalSales(connection: PayPalConnection, livemode: boolean): Sales {
  const get = async (ref: string, call: ProviderCall): Promise<RawSale> => {
    const path = `/v1/payments/sale/${encodeURIComponent(saleIdOf(ref) ?? ref)}`;
    return (await connection.read(keyless(call), path)) as RawSale;
  };
  return {
    retrieve: async (ref, call) => toSaleSnapshot(toSale(await get(ref, call)), livemode),
    async renewal(ref, call) {
      const raw = await get(ref, call);
      const subscriptionRef = raw.billing_agreement_id;
      if (!subscriptionRef) return undefined;
      const snapshot = toSaleSnapshot(toSale(raw), livemode);
      return { ref: snapshot.ref, subscriptionRef, snapshot };
    },
    async createdAt(ref, call) {
      const at = new Date((await get(ref, call)).create_time ?? '');
      if (Number.isNaN(at.getTime())) throw unexpected();
      return at;
    },
  };
}

function toSale({ id, state, amount, reason_code: reason }: RawSale): Sale {
  if (!id || !state || !amount?.total || !amount.currency) throw unexpected();
  const currency = amount.currency.toLowerCase();
  return {
    id,
    status: state.toUpperCase(),
    amountMinor: minorOfText(amount.total, currency),
    currency,
    reason,
  };
}
