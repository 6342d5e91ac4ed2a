import type { Change } from '../model/change.ts';
import type { LimitReservation } from '../../limits/model/limits.ts';
import type { LogEntry, PaymentOperation, Payment } from '../model/payment.ts';
import type { PaymentStatus } from '../model/state.ts';
import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Refund } from '../../refunds/model/refund.ts';
import type {
  IdempotencyClaim,
  IdempotencyKey,
  IdempotencyOutcome,
  IdempotencyRecord,
  IdempotencyRelock,
} from '../../store/idempotency.ts';
import type { InboxEntry } from '../../store/inbox-store.ts';

export type Claimed =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'key-taken'; readonly record: IdempotencyRecord }
  | { readonly kind: 'order-taken'; readonly paymentId: string }
  /** A daily limit is exhausted for this payment; what was used before it, in minor units. */
  | {
      readonly kind: 'limit-reached';
      readonly scope: string;
      readonly usedMinor: number;
      readonly count: number;
    }
  | { readonly kind: 'stale' };

/** One atomic write: everything in it happens, or nothing. */
export interface Commit {
  readonly paymentId: string;
  /** Left out when the payment stays as it is. */
  readonly change?: Change | undefined;
  readonly operation?:
    | { readonly id: string; readonly status: string; readonly failureCode?: string | undefined }
    | undefined;
  /** Refunds and disputes to write, under the version of the payment in `change`. */
  readonly refunds?: readonly Refund[] | undefined;
  readonly disputes?: readonly Dispute[] | undefined;
  readonly idempotency?: IdempotencyOutcome | undefined;
  readonly inbox?: InboxEntry | undefined;
}

export type Committed = 'committed' | 'stale' | 'duplicate';

export interface ListQuery {
  readonly tenant: string;
  /** Payments in one of these; in any when undefined. Never empty. */
  readonly statuses?: readonly PaymentStatus[] | undefined;
  /** ISO 8601 bounds of `createdAt`, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  readonly after?: ListPosition | undefined;
}

/** A list query for one customer. `after` is the last sort key of the page before. */
export type CustomerListQuery = Omit<ListQuery, 'after'> & {
  readonly customerId: string;
  readonly after?: string | undefined;
};

/** Where the next page of a list begins: below this sort key in this month. */
export interface ListPosition {
  readonly month: string;
  readonly sortKey?: string | undefined;
}

export interface Page<T, P> {
  readonly items: readonly T[];
  readonly next: P | undefined;
}

/** Persistence of payments. Every read is strongly consistent, except `list` and `due`. */
export interface PaymentStore {
  /** T1: the intent of a create, with its claims on the idempotency key and the order reference. */
  begin(intent: {
    readonly payment: Payment;
    readonly operation: PaymentOperation;
    readonly log: LogEntry;
    readonly limits: readonly LimitReservation[];
    readonly idempotency: IdempotencyClaim | undefined;
  }): Promise<Claimed>;
  /** T3: the intent of a capture or cancel, on condition of the payment's version. */
  beginOperation(intent: {
    readonly change: Change;
    readonly operation: PaymentOperation;
    readonly idempotency: IdempotencyClaim | undefined;
  }): Promise<Claimed>;
  /** Acquires the lock of an operation whose invocation has died, and records a new attempt if there is one. */
  relock(takeover: {
    readonly before: Payment;
    readonly after: Payment;
    readonly operation: PaymentOperation;
    readonly idempotency: IdempotencyRelock | undefined;
  }): Promise<'committed' | 'stale'>;
  /**
   * T2, T4, T5. `stale`: the payment was changed after it was read; `duplicate`: the webhook event was processed
   * before.
   */
  commit(commit: Commit): Promise<Committed>;
  get(paymentId: string): Promise<Payment | undefined>;
  /** The record of an idempotency key. */
  record(key: IdempotencyKey): Promise<IdempotencyRecord | undefined>;
  /** Payment and idempotency record in one round trip. */
  load(
    paymentId: string,
    key: IdempotencyKey | undefined,
  ): Promise<{ readonly payment: Payment | undefined; readonly record: IdempotencyRecord | undefined }>;
  /** Payment and one of its operations in one round trip. */
  loadOperation(
    paymentId: string,
    operationId: string,
  ): Promise<{
    readonly payment: Payment | undefined;
    readonly operation: StoredPaymentOperation | undefined;
  }>;
  /** Payment and whether a webhook event was processed, in one round trip. */
  loadInbox(
    paymentId: string,
    provider: string,
    eventId: string,
  ): Promise<{ readonly payment: Payment | undefined; readonly isEventProcessed: boolean }>;
  /** Our id for a provider's object. */
  findByRef(provider: string, ref: string): Promise<string | undefined>;
  list(query: ListQuery): Promise<Page<Payment, ListPosition>>;
  /** Payments of a customer, newest first, strongly consistent. */
  listOfCustomer(query: CustomerListQuery): Promise<Page<Payment, string>>;
  log(paymentId: string, limit: number, afterVersion: number): Promise<Page<LogEntry, number>>;
}

export interface StoredPaymentOperation extends PaymentOperation {
  readonly failureCode?: string | undefined;
}
