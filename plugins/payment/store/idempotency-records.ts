import type { Operation } from '../payments/model/payment.ts';
import { ABSENT, type ActionName, type Table, insert } from './actions.ts';
import { operationItem, subjectItem } from '../payments/persistence/items.ts';
import { type Key, keys } from './keys.ts';
import type { Action } from './write.ts';
import type {
  Commit,
  IdempotencyClaim,
  IdempotencyKey,
  IdempotencyOutcome,
  Subject,
} from '../payments/persistence/payment-store.ts';

const DAY_SECONDS = 86_400;
/** Stripe forgets its keys after 24 hours at the earliest; ours must outlive them. */
const IDEMPOTENCY_SECONDS = 3 * DAY_SECONDS;

/** Takes an idempotency key that is free, or whose record has run out. */
export function claimKey(
  table: Table,
  { fingerprint, formerFingerprint: _former, lockUntil, ...key }: IdempotencyClaim,
  subject: Subject,
  operationId: string,
): Action<ActionName> {
  const now = table.nowSeconds();
  const expiresAt = now + IDEMPOTENCY_SECONDS;
  const record = { ...subjectItem(subject), fingerprint, lockUntil, operationId, expiresAt, ttl: expiresAt };
  return {
    name: 'idempotency',
    Put: {
      TableName: table.name,
      Item: { ...keys.idempotency(key), ...record },
      ConditionExpression: `${ABSENT} OR expiresAt <= :now`,
      ExpressionAttributeValues: { ':now': now },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Takes over the lock of a record: one of several that try. */
export function relockKey(
  table: Table,
  key: IdempotencyKey,
  was: number,
  lockUntil: number,
): Action<ActionName> {
  return {
    name: 'idempotency',
    Update: {
      TableName: table.name,
      Key: { ...keys.idempotency(key) },
      UpdateExpression: 'SET lockUntil = :until',
      ConditionExpression: 'lockUntil = :was',
      ExpressionAttributeValues: { ':until': lockUntil, ':was': was },
    },
  };
}

/** Leaves a record as the call ended, unless the key belongs to another operation by now. */
export function leaveKey(table: Table, outcome: IdempotencyOutcome): Action<ActionName> {
  return update(table, keys.idempotency(outcome), assignments(outcome), {
    condition: 'operationId = :operation',
    values: { ':operation': outcome.operationId },
  });
}

function assignments(outcome: IdempotencyOutcome): Readonly<Record<string, unknown>> {
  switch (outcome.kind) {
    case 'answered':
      return { answer: JSON.stringify(outcome.answer) };
    case 'in_doubt':
      return { lockUntil: 0 };
    case 'released':
      return { expiresAt: 0 };
  }
}

/** A new attempt of an operation takes the place of the one before, which failed. */
export function insertOperation(table: Table, operation: Operation): Action<ActionName> {
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

/** Writes down the provider key of a new attempt before it is used. */
export const recordAttempt = (
  table: Table,
  { id, paymentId, attempt, providerKey }: Operation,
): Action<ActionName> => update(table, keys.operation(paymentId, id), { attempt, providerKey });

/** Sets attributes of an item that exists. */
function update(
  table: Table,
  key: Key,
  set: Readonly<Record<string, unknown>>,
  {
    condition = 'attribute_exists(PK)',
    values = {},
  }: { condition?: string; values?: Record<string, unknown> } = {},
): Action<ActionName> {
  const entries = Object.entries(set);
  return {
    name: 'other',
    Update: {
      TableName: table.name,
      Key: { ...key },
      UpdateExpression: `SET ${entries.map((_entry, i) => `#${i} = :${i}`).join(', ')}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: Object.fromEntries(entries.map(([attribute], i) => [`#${i}`, attribute])),
      ExpressionAttributeValues: {
        ...values,
        ...Object.fromEntries(entries.map(([, value], i) => [`:${i}`, value])),
      },
    },
  };
}
