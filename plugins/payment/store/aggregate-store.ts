import type { EventEnvelope } from '#events/catalog/index.ts';
import type { Records, Written } from './records.ts';

/** The root item of an aggregate other than a payment: a customer, a subscription. */
export interface Root {
  readonly id: string;
  readonly tenant: string;
  readonly provider: string;
  /** Fence: grows with every write of the aggregate. */
  readonly version: number;
  /** Number of outbox entries so far; gapless. */
  readonly seq: number;
  readonly updatedAt: string;
}

/** An item that belongs to a root and has a fence of its own. */
export interface Part {
  readonly id: string;
  readonly version: number;
}

/** An id of the provider that leads to the aggregate, or to one of its parts. */
export interface ProviderRef {
  readonly ref: string;
  readonly partId?: string | undefined;
}

/** A change to write, on condition that the stored versions are those of `before`. */
export interface AggregateChange<R, P> {
  /** Undefined for a new aggregate. */
  readonly before: R | undefined;
  readonly after: R;
  readonly parts: readonly { readonly before: P | undefined; readonly after: P }[];
  readonly events: readonly EventEnvelope<unknown>[];
  readonly refs: readonly ProviderRef[];
}

/** Persistence of one kind of aggregate. Every read is strongly consistent. */
export interface AggregateStore<R, P> {
  /** Writes the change with its records atomically; without a change, the records alone. */
  write(change: AggregateChange<R, P> | undefined, records: Records): Promise<Written>;
  get(id: string): Promise<R | undefined>;
  /** Root and one part in one round trip. */
  load(id: string, partId: string): Promise<{ readonly root: R | undefined; readonly part: P | undefined }>;
  parts(id: string): Promise<readonly P[]>;
  /** The aggregate, and part, of a provider's id. */
  findByRef(
    provider: string,
    ref: string,
  ): Promise<{ readonly id: string; readonly partId?: string | undefined } | undefined>;
  /** Sets or clears the next check of a root that has not changed; no effect when it has. */
  scheduleCheck(root: R, at: string | undefined): Promise<void>;
  /** Whether a webhook event was processed. */
  isEventProcessed(provider: string, eventId: string): Promise<boolean>;
}
