import type { Payment } from '../../payments/model/payment.ts';
import type { Refund } from '../model/refund.ts';
import { type ActionName, insert } from '../../store/actions.ts';
import { type DynamoStoreOptions, type Table, tableOf } from '../../store/table.ts';
import { replacePayment } from '../../payments/persistence/changes.ts';
import { disputeOf, paymentOf, refundItem, refundOf } from '../../payments/persistence/items.ts';
import { plain, recordOf } from '../../store/items.ts';
import { DISPUTE_PREFIX, REFUND_PREFIX, dueAttributes, keys } from '../../store/keys.ts';
import { readAll, readItems } from '../../store/read.ts';
import { claimIdempotencyRecord, relockIdempotencyRecord } from '../../store/idempotency-records.ts';
import { type Action, transact } from '../../store/write.ts';
import type { RefundStore } from './refund-store.ts';

/** Refunds and disputes are stored in the partition of their payment. */
export function dynamoRefunds(options: DynamoStoreOptions): RefundStore {
  const table = tableOf(options);
  const list = (paymentId: string, prefix: string) => readAll(table, keys.payment(paymentId).PK, prefix);
  return {
    async beginRefund({ before, after, refund, condition, idempotency }) {
      const subject = { type: 'payment', id: refund.paymentId } as const;
      const refused = await transact(table, [
        ...(idempotency ? [claimIdempotencyRecord(table, idempotency, subject, refund.id)] : []),
        condition === 'fenced'
          ? replacePayment(table, before, after)
          : takeRoom(table, after, refund, condition),
        insert(table, 'other', refundItem(refund)),
      ]);
      if (refused === undefined) return { kind: 'claimed' };
      const item = refused.name === 'idempotency' ? plain(refused.item) : undefined;
      const record = recordOf(item, table.nowSeconds());
      return record === undefined ? { kind: 'refused' } : { kind: 'key-taken', record };
    },
    async relockRefund({ refund, lockUntil, idempotency }) {
      const refused = await transact(table, [
        ...(idempotency
          ? [relockIdempotencyRecord(table, idempotency.key, idempotency.was, idempotency.lockUntil)]
          : []),
        relock(table, refund, lockUntil),
      ]);
      return refused === undefined ? 'committed' : 'stale';
    },
    async refunds(paymentId) {
      const refunds = (await list(paymentId, REFUND_PREFIX)).map(refundOf);
      return refunds.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
    },
    async loadRefund(paymentId, refundId) {
      const [payment, refund] = await readItems(table, [
        keys.payment(paymentId),
        keys.refund(paymentId, refundId),
      ]);
      return { payment: paymentOf(payment), refund: refund && refundOf(refund) };
    },
    async disputes(paymentId) {
      const disputes = (await list(paymentId, DISPUTE_PREFIX)).map(disputeOf);
      return disputes.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
    },
  };
}

/**
 * Reserves the amount of a refund. DynamoDB conditions have no arithmetic, so the refundable amount is an attribute
 * of its own.
 */
function takeRoom(
  table: Table,
  after: Payment,
  { amountMinor, paymentId }: Refund,
  condition: 'available' | 'whole',
): Action<ActionName> {
  const due = dueAttributes(paymentId, after.nextCheckAt);
  const available = condition === 'whole' ? 'refundableMinor = :amount' : 'refundableMinor >= :amount';
  return {
    name: 'payment',
    Update: {
      TableName: table.name,
      Key: { ...keys.payment(paymentId) },
      UpdateExpression:
        'SET refundableMinor = refundableMinor - :amount, refundPendingMinor = refundPendingMinor + :amount, ' +
        'version = version + :one, checks = :zero, nextCheckAt = :next, GSI2PK = :partition, GSI2SK = :next',
      ConditionExpression: `${available} AND (attribute_not_exists(refundBlocked) OR refundBlocked = :no)`,
      ExpressionAttributeValues: {
        ':amount': amountMinor,
        ':one': 1,
        ':zero': 0,
        ':no': false,
        ':next': after.nextCheckAt,
        ':partition': due['GSI2PK'],
      },
    },
  };
}

function relock(table: Table, { paymentId, id, lockUntil: was }: Refund, until: number): Action<ActionName> {
  return {
    name: 'other',
    Update: {
      TableName: table.name,
      Key: { ...keys.refund(paymentId, id) },
      UpdateExpression: 'SET lockUntil = :until',
      ConditionExpression: 'lockUntil = :was',
      ExpressionAttributeValues: { ':until': until, ':was': was },
    },
  };
}
