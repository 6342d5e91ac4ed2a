import type { DisputeSnapshot } from '../disputes/model/dispute-snapshot.ts';
import type { RefundSnapshot } from '../refunds/model/refund-snapshot.ts';
import type { ProviderCall } from './provider-call.ts';

export interface RefundRequest {
  /** Our id of the refund; the provider's object carries it, so that it is found again. */
  readonly refundId: string;
  readonly paymentId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  /** The provider's id of the payment. */
  readonly ref: string;
  /** The capture to refund, where the provider refunds captures and not payments. */
  readonly captureRef?: string | undefined;
  /** Always explicit: "the rest" would change under races. */
  readonly amountMinor: number;
  readonly currency: string;
  readonly reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer' | undefined;
}

/** Money that goes back to payers. Methods reject with `ProviderError` only. */
export interface RefundsAndDisputes {
  refund(request: RefundRequest, call: ProviderCall): Promise<RefundSnapshot>;
  /** One refund, for objects that only its id is known of. */
  retrieveRefund(ref: string, call: ProviderCall): Promise<RefundSnapshot>;
  /** All refunds of a payment, in whatever state, also those made elsewhere. */
  listRefunds(ref: string, call: ProviderCall): Promise<readonly RefundSnapshot[]>;
  retrieveDispute(ref: string, call: ProviderCall): Promise<DisputeSnapshot>;
}
