import type {
  IdempotencyClaim,
  IdempotencyOutcome,
  IdempotencyRecord,
  IdempotencyRelock,
  Subject,
} from './idempotency.ts';
import type { InboxEntry } from './inbox-store.ts';

/** A claim on an idempotency key, with the aggregate and the operation that its record names. */
export interface OperationClaim {
  readonly claim: IdempotencyClaim;
  readonly subject: Subject;
  readonly operationId: string;
}

/** Records written with a change, in the same transaction. */
export interface Records {
  readonly claim?: OperationClaim | undefined;
  readonly relock?: IdempotencyRelock | undefined;
  /** What the caller's idempotency record becomes. */
  readonly idempotency?: IdempotencyOutcome | undefined;
  /** The webhook event that this write marks as processed. */
  readonly inbox?: InboxEntry | undefined;
}

/** The result of a write. Nothing is written unless `committed`. */
export type Written =
  | { readonly kind: 'committed' }
  /** The aggregate was changed after it was read. */
  | { readonly kind: 'stale' }
  /** The webhook event was processed before. */
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'key-taken'; readonly record: IdempotencyRecord }
  | { readonly kind: 'order-taken'; readonly paymentId: string }
  | LimitReached;

/** A daily limit is exhausted for a new payment; what was used before it, in minor units. */
export interface LimitReached {
  readonly kind: 'limit-reached';
  readonly scope: string;
  readonly usedMinor: number;
  readonly count: number;
}
