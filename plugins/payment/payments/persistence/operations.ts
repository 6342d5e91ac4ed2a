import type { PaymentOperation } from '../model/payment.ts';
import { ABSENT, type ActionName, insert } from '../../store/actions.ts';
import { type Table } from '../../store/table.ts';
import { update } from '../../store/idempotency-records.ts';
import { keys } from '../../store/keys.ts';
import type { Action } from '../../store/write.ts';
import { operationItem } from './items.ts';
import type { Commit } from './payment-store.ts';

/** A new attempt of an operation replaces the failed one. */
export function insertOperation(table: Table, operation: PaymentOperation): Action<ActionName> {
  const action = insert(table, 'other', operationItem(operation));
  if (operation.attempt === 1) return action;
  return {
    name: 'other',
    Put: {
      TableName: table.name,
      Item: operationItem(operation),
      ConditionExpression: `${ABSENT} OR attempt < :attempt`,
      ExpressionAttributeValues: { ':attempt': operation.attempt },
    },
  };
}

export function finishOperation(
  table: Table,
  paymentId: string,
  { id, status, failureCode }: NonNullable<Commit['operation']>,
): Action<ActionName> {
  const set = { status, ...(failureCode !== undefined && { failureCode }) };
  return update(table, keys.operation(paymentId, id), set);
}

/** Records the provider key of a new attempt before it is used. */
export const recordAttempt = (
  table: Table,
  { id, paymentId, attempt, providerKey }: PaymentOperation,
): Action<ActionName> => update(table, keys.operation(paymentId, id), { attempt, providerKey });
