import { type Item, withoutKeys } from '../../store/items.ts';
import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Refund } from '../../refunds/model/refund.ts';
import type { LogEntry, PaymentOperation, Payment } from '../model/payment.ts';
import { dueAttributes, keys, listSortKey, monthOf, monthPartition } from '../../store/keys.ts';

export const paymentItem = (payment: Payment): Item => ({
  ...keys.payment(payment.id),
  GSI1PK: monthPartition(payment.tenant, monthOf(payment.createdAt)),
  GSI1SK: listSortKey(payment.createdAt, payment.id),
  ...dueAttributes(payment.id, payment.nextCheckAt),
  ...payment,
});

/** Items written before refunds existed have no refund members. */
export const paymentOf = (item: Item | undefined): Payment | undefined =>
  item && ({ ...noRefunds(item), ...(withoutKeys(item) as Payment) } satisfies Payment);

const noRefunds = ({ capturedMinor = 0 }: Item) => ({
  refundableMinor: Number(capturedMinor),
  refundPendingMinor: 0,
  refundedMinor: 0,
  lostMinor: 0,
});

export const refundItem = (refund: Refund): Item => ({
  ...keys.refund(refund.paymentId, refund.id),
  ...refund,
});

export const refundOf = (item: Item): Refund => withoutKeys(item) as Refund;

export const disputeItem = (dispute: Dispute): Item => ({
  ...keys.dispute(dispute.paymentId, dispute.ref),
  ...dispute,
});

export const disputeOf = (item: Item): Dispute => withoutKeys(item) as Dispute;

export const operationItem = (operation: PaymentOperation): Item => ({
  ...keys.operation(operation.paymentId, operation.id),
  ...operation,
});

export const operationOf = (item: Item | undefined): PaymentOperation | undefined =>
  item && (withoutKeys(item) as PaymentOperation);

export const logItem = (entry: LogEntry): Item => ({ ...keys.log(entry.paymentId, entry.version), ...entry });

export const logOf = (item: Item): LogEntry => withoutKeys(item) as LogEntry;
