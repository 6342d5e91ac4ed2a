import type { Account } from './account.ts';
import { expireOrder } from './orders/buyer.ts';
import { endAuthorization, settleCapture } from './payments/authorizations.ts';
import { settleRefund } from './refunds/make.ts';
import type { JobRecord } from './store/records.ts';
import { billSubscription } from './subscriptions/bill.ts';

type Jobs = Readonly<Record<JobRecord['kind'], (account: Account, ref: string) => void>>;

const JOBS: Jobs = {
  'complete-capture': (account, ref) => settleCapture(account, ref, 'completed'),
  'deny-capture': (account, ref) => settleCapture(account, ref, 'denied'),
  'complete-refund': (account, ref) => settleRefund(account, ref, 'COMPLETED'),
  'fail-refund': (account, ref) => settleRefund(account, ref, 'FAILED'),
  'bill-subscription': billSubscription,
  'expire-order': (account, ref) => {
    const order = account.store.get('order', ref);
    if (order) expireOrder(account, order);
  },
  'expire-authorization': (account, ref) => {
    const authorization = account.store.get('authorization', ref);
    const open = authorization?.status === 'CREATED' || authorization?.status === 'PARTIALLY_CAPTURED';
    if (open) endAuthorization(account, authorization, true);
  },
};

/** Runs a job at its time. */
export function performJob(account: Account, { kind, ref }: JobRecord): void {
  JOBS[kind](account, ref);
}
