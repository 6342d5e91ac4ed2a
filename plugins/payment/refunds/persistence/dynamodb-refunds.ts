import type { Payment } from '../../payments/model/payment.ts';
import type { Refund } from '../model/refund.ts';
import { type ActionName, insert, update } from '../../store/actions.ts';
import { type DynamoStoreOptions, type Table, tableOf } from '../../store/table.ts';
import { writePayment } from '../../payments/persistence/changes.ts';
import { disputeOf, refundItem, refundOf } from '../../payments/persistence/items.ts';
import { DISPUTE_PREFIX, REFUND_PREFIX, dueAttributes, keys } from '../../store/keys.ts';
import { readAll, readItem } from '../../store/read.ts';
import { writeChange } from '../../store/write-change.ts';
import type { Action } from '../../store/write.ts';
import type { RefundStore } from './refund-store.ts';

/** Refunds and disputes are stored in the partition of their payment. */
export function dynamoRefunds(options: DynamoStoreOptions): RefundStore {
  const table = tableOf(options);
  const list = (paymentId: string, prefix: string) => readAll(table, keys.payment(paymentId).PK, prefix);
  return {
    beginRefund: ({ before, after, refund, condition }, records) =>
      writeChange(
        table,
        [
          condition === 'fenced'
            ? writePayment(table, { before, after })
            : reserveAmount(table, after, refund, condition),
          insert(table, 'other', refundItem(refund)),
        ],
        records,
      ),
    relockRefund: (refund, lockUntil, relock) =>
      writeChange(table, [lockRefund(table, refund, lockUntil)], { relock }),
    async refunds(paymentId) {
      const refunds = (await list(paymentId, REFUND_PREFIX)).map(refundOf);
      return refunds.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
    },
    async refund(paymentId, refundId) {
      const item = await readItem(table, keys.refund(paymentId, refundId));
      return item && refundOf(item);
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
function reserveAmount(
  table: Table,
  after: Payment,
  { amountMinor, paymentId }: Refund,
  condition: 'available' | 'whole',
): Action<ActionName> {
  const due = dueAttributes(paymentId, after.nextCheckAt);
  const available = condition === 'whole' ? 'refundableMinor = :amount' : 'refundableMinor >= :amount';
  return {
    name: 'version',
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

const lockRefund = (
  table: Table,
  { paymentId, id, lockUntil: was }: Refund,
  lockUntil: number,
): Action<ActionName> =>
  update(
    table,
    keys.refund(paymentId, id),
    { lockUntil },
    {
      name: 'version',
      condition: 'lockUntil = :was',
      values: { ':was': was },
    },
  );
