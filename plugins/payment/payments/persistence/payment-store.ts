import type { Change } from '../model/change.ts';
import type { LogEntry, PaymentOperation, Payment } from '../model/payment.ts';
import type { PaymentStatus } from '../model/state.ts';
import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Refund } from '../../refunds/model/refund.ts';
import type { IdempotencyKey, IdempotencyRecord } from '../../store/idempotency.ts';
import type { Records, Written } from '../../store/records.ts';

/** One atomic write: everything in it happens, or nothing. */
export interface PaymentWrite {
  readonly paymentId: string;
  /** Left out when the payment stays as it is. */
  readonly change?: Change | undefined;
  /** What changes of an operation that is recorded apart from its payment, as earlier releases did. */
  readonly operation?:
    | (Pick<PaymentOperation, 'id'> &
        Partial<Pick<PaymentOperation, 'status' | 'failureCode' | 'attempt' | 'providerKey'>>)
    | undefined;
  /** Refunds and disputes to write, under the version of the payment in `change`. */
  readonly refunds?: readonly Refund[] | undefined;
  readonly disputes?: readonly Dispute[] | undefined;
}

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

export interface LogPage extends Page<LogEntry, number> {
  /** On the last page: what the payment says of the newest entry; undefined when no entry has a hash. */
  readonly head?: LogHead | undefined;
}

/** The version of a payment, and the hash of its newest log entry. */
export interface LogHead {
  readonly version: number;
  readonly hash: string;
}

/** Persistence of payments. Every read is strongly consistent, except `list` and `due`. */
export interface PaymentStore {
  /** Writes a payment on condition of its version, with the records of the call. */
  write(write: PaymentWrite, records: Records): Promise<Written>;
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
  ): Promise<{ readonly payment: Payment | undefined; readonly operation: PaymentOperation | undefined }>;
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
  log(paymentId: string, limit: number, afterVersion: number): Promise<LogPage>;
}
