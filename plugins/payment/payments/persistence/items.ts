import { type Item, withoutKeys } from '../../store/items.ts';
import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Refund } from '../../refunds/model/refund.ts';
import type { ActiveOperation, LogEntry, PaymentOperation, Payment } from '../model/payment.ts';
import { dueAttributes, keys, listSortKey, monthOf, monthPartition } from '../../store/keys.ts';

export const paymentItem = (payment: Payment): Item => ({
  ...keys.payment(payment.id),
  GSI1PK: monthPartition(payment.tenant, monthOf(payment.createdAt)),
  GSI1SK: listSortKey(payment.createdAt, payment.id),
  ...dueAttributes(payment.id, payment.nextCheckAt),
  ...payment,
  activeOp: payment.activeOp && withoutImplied(payment.activeOp, payment),
});

/** What an active operation says beyond its record, which is stored in the same item. */
const withoutImplied = (active: ActiveOperation, payment: Payment): Partial<ActiveOperation> =>
  Object.fromEntries(
    Object.entries(active).filter(
      ([name, value]) => value !== implied(payment)[name as keyof ActiveOperation],
    ),
  );

/** What the record of an active operation says about it; nothing where it is recorded apart from its payment. */
const implied = ({ operation }: Payment): Partial<ActiveOperation> => {
  const { id, kind, amountMinor, request } = operation;
  return request === undefined ? {} : { id, kind, amountMinor, final: request.final };
};

/** Items written before refunds existed have no refund members. */
export function paymentOf(item: Item | undefined): Payment | undefined {
  if (item === undefined) return undefined;
  const payment: Payment = { ...noRefunds(item), ...(withoutKeys(item) as Payment) };
  const { activeOp } = payment;
  return activeOp === undefined ? payment : { ...payment, activeOp: { ...implied(payment), ...activeOp } };
}

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

/** A log entry; the second one with the first, which has the same payment and tenant, and whose hash it names. */
export const logItem = (entry: LogEntry, first: LogEntry | undefined): Item => ({
  ...keys.log(entry.paymentId, entry.version),
  ...entry,
  ...(first && { first: { ...first, paymentId: undefined, tenant: undefined, hash: undefined } }),
});

/** The entries of an item, oldest first. */
export function logOf(item: Item): readonly LogEntry[] {
  const { first, ...entry } = withoutKeys(item) as LogEntry & { readonly first?: LogEntry };
  const { paymentId, tenant, previousHash } = entry;
  if (first === undefined) return [entry];
  return [{ ...first, paymentId, tenant, ...(previousHash !== undefined && { hash: previousHash }) }, entry];
}
