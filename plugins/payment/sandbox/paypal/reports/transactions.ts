import { type Money, moneyOf } from '../money.ts';
import { feeMinorOf } from '../payments/capture-view.ts';
import type { CaptureRecord, RefundRecord } from '../store/records.ts';
import type { Account } from '../account.ts';

/** A transaction of the account's balance; amounts are signed minor units. */
export interface Transaction {
  readonly id: string;
  readonly code: string;
  readonly status: 'S' | 'P' | 'D' | 'V';
  readonly currency: string;
  readonly amountMinor: number;
  readonly feeMinor: number;
  readonly referenceId?: string | undefined;
  readonly referenceType: 'TXN' | 'SUB';
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const CAPTURE_STATUSES = {
  PENDING: 'P',
  DECLINED: 'D',
  COMPLETED: 'S',
  PARTIALLY_REFUNDED: 'S',
  REFUNDED: 'S',
} as const;
const REFUND_STATUSES = { PENDING: 'P', FAILED: 'D', CANCELLED: 'V', COMPLETED: 'S' } as const;

/** All captures, refunds and reversals, oldest first. */
export function transactionsOf(account: Account): Transaction[] {
  const taken = account.store.all('capture').map(ofCapture);
  const back = account.store.all('refund').map(ofRefund);
  return [...taken, ...back].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** T0006 is a payment of PayPal's checkout, T0002 one of a subscription, which it refers to. */
function ofCapture(capture: CaptureRecord): Transaction {
  const status = CAPTURE_STATUSES[capture.status];
  return {
    ...labels(capture),
    code: capture.subscriptionId === undefined ? 'T0006' : 'T0002',
    referenceId: capture.subscriptionId,
    referenceType: 'SUB',
    status,
    amountMinor: capture.amountMinor,
    feeMinor: status === 'S' ? -feeMinorOf(capture.amountMinor) : 0,
  };
}

/** T1107 is a refund, T1106 a reversal; the capture is what they refer to. */
function ofRefund(refund: RefundRecord): Transaction {
  return {
    ...labels(refund),
    code: refund.reversal ? 'T1106' : 'T1107',
    status: REFUND_STATUSES[refund.status],
    amountMinor: -refund.amountMinor,
    feeMinor: 0,
    referenceId: refund.captureId,
    referenceType: 'TXN',
  };
}

function labels({ createdAt, currency, customId, id, invoiceId, updatedAt }: CaptureRecord | RefundRecord) {
  return { id, currency, customId, invoiceId, createdAt, updatedAt };
}

/** Minor units, which may be negative, as an amount on the wire. */
export function signedMoney(amountMinor: number, currency: string): Money {
  const money = moneyOf(Math.abs(amountMinor), currency);
  return amountMinor < 0 ? { ...money, value: `-${money.value}` } : money;
}
