import type { ProviderCall } from './provider-call.ts';
import type { ProviderEvent } from './event.ts';

/** One page of a provider's list; `next` is the cursor of the following page. */
export interface ProviderPage<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

/** What a provider's ledger reports about one payment. Amounts are ISO 4217 minor units. */
export interface LedgerEntry {
  readonly ref: string;
  /** Our payment id as the object carries it; absent for payments of other systems. */
  readonly paymentId: string | undefined;
  /** The deployment in the object's metadata. */
  readonly deployment?: string | undefined;
  readonly currency: string;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
}

/**
 * The provider's records, for finding missed webhook events and ledger mismatches. Methods reject with
 * `ProviderError` only.
 */
export interface ProviderRecords {
  /** Events between `since` and `until` whose delivery failed or is not known to have succeeded. */
  missedEvents(
    query: { readonly since: Date; readonly until: Date; readonly cursor?: string | undefined },
    call: ProviderCall,
  ): Promise<ProviderPage<ProviderEvent>>;
  /** Payments created between `from` and `to`. */
  ledger(
    query: { readonly from: Date; readonly to: Date; readonly cursor?: string | undefined },
    call: ProviderCall,
  ): Promise<ProviderPage<LedgerEntry>>;
}
