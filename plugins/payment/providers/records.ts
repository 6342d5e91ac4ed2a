import type { ProviderCall } from './provider-call.ts';
import type { ProviderEvent } from './event.ts';

/** One page of a provider's list; `next` asks for the following one. */
export interface ProviderPage<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

/** What a provider's books say of one payment. Amounts are ISO 4217 minor units. */
export interface LedgerEntry {
  readonly ref: string;
  /** Our payment id as the object carries it; absent for what was not made by us. */
  readonly paymentId: string | undefined;
  /** The deployment that the object names. */
  readonly deployment?: string | undefined;
  readonly currency: string;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
}

/** What a provider remembers, for finding what webhooks lost. Methods reject with `ProviderError` only. */
export interface ProviderRecords {
  /** Events since then, whose delivery to us failed or is not known to have succeeded. */
  missedEvents(
    query: { readonly since: Date; readonly until: Date; readonly cursor?: string | undefined },
    call: ProviderCall,
  ): Promise<ProviderPage<ProviderEvent>>;
  /** Payments that were created in a window of time. */
  ledger(
    query: { readonly from: Date; readonly to: Date; readonly cursor?: string | undefined },
    call: ProviderCall,
  ): Promise<ProviderPage<LedgerEntry>>;
}
