import type { DisputeSnapshot } from '../disputes/model/dispute-snapshot.ts';
import type { RefundSnapshot } from '../refunds/model/refund-snapshot.ts';
import type { ProviderCall } from './provider-call.ts';

/** A refund to create. Amounts are ISO 4217 minor units. */
export interface RefundRequest {
  /** Our refund id, which the provider's object carries, so that it can be looked up. */
  readonly refundId: string;
  readonly paymentId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  /** The provider's id of the payment. */
  readonly ref: string;
  /** The capture to refund, where the provider refunds captures and not payments. */
  readonly captureRef?: string | undefined;
  /** Always explicit: a refund of "the rest" would depend on concurrent refunds. */
  readonly amountMinor: number;
  readonly currency: string;
  readonly reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer' | undefined;
}

/** Refunds and disputes. Methods reject with `ProviderError` only. */
export interface RefundsAndDisputes {
  /** Refunds a part of a payment or capture. */
  refund(request: RefundRequest, call: ProviderCall): Promise<RefundSnapshot>;
  /** Fetches a refund by its id. */
  retrieveRefund(ref: string, call: ProviderCall): Promise<RefundSnapshot>;
  /**
   * All refunds of a payment in any state, also those made in the provider's dashboard.
   * @param ref the provider's id of the payment
   */
  listRefunds(ref: string, call: ProviderCall): Promise<readonly RefundSnapshot[]>;
  /** Fetches a dispute. */
  retrieveDispute(ref: string, call: ProviderCall): Promise<DisputeSnapshot>;
}
