import { expire } from './orders/buyer.ts';
import { end } from './payments/authorizations.ts';
import { settle } from './payments/settle.ts';
import { settleRefund } from './refunds/settle.ts';
import type { JobRecord } from './store/records.ts';
import { bill } from './subscriptions/bill.ts';
import type { Account } from './account.ts';

/** Does what fell due. */
export function perform(account: Account, { kind, ref }: JobRecord): void {
  switch (kind) {
    case 'complete-capture':
      settle(account, ref, 'completed');
      return;
    case 'deny-capture':
      settle(account, ref, 'denied');
      return;
    case 'complete-refund':
      settleRefund(account, ref, 'COMPLETED');
      return;
    case 'fail-refund':
      settleRefund(account, ref, 'FAILED');
      return;
    case 'bill-subscription':
      bill(account, ref);
      return;
    case 'expire-order': {
      const order = account.store.get('order', ref);
      if (order) expire(account, order);
      return;
    }
    case 'expire-authorization': {
      const authorization = account.store.get('authorization', ref);
      const open = authorization?.status === 'CREATED' || authorization?.status === 'PARTIALLY_CAPTURED';
      if (authorization && open) end(account, authorization, true);
      return;
    }
  }
}
