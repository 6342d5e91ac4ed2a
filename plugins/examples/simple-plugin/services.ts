import type { Inbox } from '#runtime/inbox/inbox.ts';
import type { ReceiptStore } from './store/receipts.ts';

/** What operations and subscriptions work with. */
export interface Services {
  readonly receipts: ReceiptStore;
  readonly inbox: Inbox;
}
