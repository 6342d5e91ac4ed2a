import type { PaymentOperation, Payment } from './model/payment.ts';
import { type Snapshot } from './model/snapshot.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { IdempotencyKey } from '../store/idempotency.ts';

/** An operation whose intent is written down and which is ours to carry out. */
export interface Started {
  readonly payment: Payment;
  readonly operation: PaymentOperation;
  /** The record to answer in, when the call came with a key. */
  readonly key: IdempotencyKey | undefined;
  /** The webhook event that is dealt with once the outcome is written down. */
  readonly inbox?: InboxEntry | undefined;
}

/** How it ended: known (`snapshot` is what the provider showed), or in doubt. Refusals are thrown. */
export interface Ended {
  readonly payment: Payment;
  readonly status: 200 | 201 | 202;
  readonly snapshot?: Snapshot | undefined;
}
