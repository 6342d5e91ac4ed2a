import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Dispute } from '../../disputes/model/dispute.ts';
import type { Refund } from '../../refunds/model/refund.ts';
import type { LogEntry, Operation, Payment } from '../model/payment.ts';
import { dueAttributes, keys, listSortKey, monthOf, monthPartition } from '../../store/keys.ts';
import type { IdempotencyRecord, StoredAnswer, StoredOperation, Subject } from './payment-store.ts';

export type Item = Record<string, unknown>;

const KEY_ATTRIBUTES = ['PK', 'SK', 'GSI1PK', 'GSI1SK', 'GSI2PK', 'GSI2SK'];

function withoutKeys(item: Item): unknown {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !KEY_ATTRIBUTES.includes(name)));
}

export const paymentItem = (payment: Payment): Item => ({
  ...keys.payment(payment.id),
  GSI1PK: monthPartition(payment.tenant, monthOf(payment.createdAt)),
  GSI1SK: listSortKey(payment.createdAt, payment.id),
  ...dueAttributes(payment.id, payment.nextCheckAt),
  ...payment,
});

/** Payments from before there were refunds have nothing written of them. */
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

export const operationItem = (operation: Operation): Item => ({
  ...keys.operation(operation.paymentId, operation.id),
  ...operation,
});

export const operationOf = (item: Item | undefined): StoredOperation | undefined =>
  item && (withoutKeys(item) as StoredOperation);

export const logItem = (entry: LogEntry): Item => ({ ...keys.log(entry.paymentId, entry.version), ...entry });

export const logOf = (item: Item): LogEntry => withoutKeys(item) as LogEntry;

/** The record of an idempotency key; one that has run out counts as none, because DynamoDB deletes late. */
export function recordOf(item: Item | undefined, nowSeconds: number): IdempotencyRecord | undefined {
  if (item === undefined || Number(item['expiresAt']) <= nowSeconds) return undefined;
  const answer = item['answer'];
  return {
    fingerprint: String(item['fingerprint']),
    subject: subjectOf(item),
    operationId: String(item['operationId']),
    lockUntil: Number(item['lockUntil']),
    answer: typeof answer === 'string' ? (JSON.parse(answer) as StoredAnswer) : undefined,
  };
}

/** Payments are named as they always were, so that records survive a deployment in both directions. */
export const subjectItem = ({ type, id }: Subject): Item =>
  type === 'payment' ? { paymentId: id } : { subjectType: type, subjectId: id };

function subjectOf(item: Item): Subject {
  const type = item['subjectType'];
  return type === 'customer' || type === 'subscription'
    ? { type, id: String(item['subjectId']) }
    : { type: 'payment', id: String(item['paymentId']) };
}

/** Reads the flat items that a failed condition returns; the document client leaves those in wire form. */
export function plain(item: Record<string, AttributeValue> | undefined): Item | undefined {
  return item && Object.fromEntries(Object.entries(item).map(([name, value]) => [name, value.S ?? value.N]));
}
