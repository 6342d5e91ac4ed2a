import { ABSENT, type ActionName, update } from './actions.ts';
import { type Table } from './table.ts';
import { subjectItem } from './items.ts';
import { keys } from './keys.ts';
import type { Action } from './write.ts';
import type { IdempotencyOutcome, IdempotencyRelock } from './idempotency.ts';
import type { OperationClaim } from './records.ts';

const DAY_SECONDS = 86_400;
/**
 * Stripe removes its keys after 24 hours at the earliest; ours must live longer.
 * https://docs.stripe.com/api/idempotent_requests
 */
const IDEMPOTENCY_SECONDS = 3 * DAY_SECONDS;

/** Claims an idempotency key that is unused, or whose record has expired. */
export function claimIdempotencyRecord(
  table: Table,
  { claim, subject, operationId }: OperationClaim,
): Action<ActionName> {
  const { fingerprint, formerFingerprint: _former, lockUntil, ...key } = claim;
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

/** Moves the lock of a record; only one of several concurrent calls succeeds. */
export function relockIdempotencyRecord(
  table: Table,
  { key, was, lockUntil }: IdempotencyRelock,
): Action<ActionName> {
  return update(
    table,
    keys.idempotency(key),
    { lockUntil },
    {
      name: 'idempotency',
      condition: 'lockUntil = :was',
      values: { ':was': was },
    },
  );
}

/** Completes the record of a call, unless the key now belongs to another operation. */
export function completeIdempotencyRecord(table: Table, outcome: IdempotencyOutcome): Action<ActionName> {
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
