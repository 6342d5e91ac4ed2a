import type { LimitDelta, LimitReservation } from '../model/limits.ts';
import type { LimitUse } from '../model/limit-use.ts';
import type { Payment } from '../../payments/model/payment.ts';
import type { ActionName } from '../../store/actions.ts';
import type { Table } from '../../store/table.ts';
import { type Key, keys } from '../../store/keys.ts';
import type { Action } from '../../store/write.ts';

/** Counters are kept for 35 days, so that the ledger run and people can compare them with the payments. */
const LIMIT_SECONDS = 35 * 86_400;
/** The partition of the index that lists the counters of a day. */
export const limitDayPartition = (day: string): string => `LIM#${day}`;

type Owner = Pick<Payment, 'tenant' | 'currency'>;

const keyOf = ({ tenant, currency }: Owner, { scope, day }: LimitUse): Key =>
  keys.limit(tenant, scope, currency, day);

/**
 * Reserves an amount of a daily limit, in the transaction that creates the payment. DynamoDB conditions cannot add,
 * so the largest value that still allows the payment is computed here.
 */
export function reserveLimit(
  table: Table,
  owner: Owner,
  { dailyMinor, dailyCount, ...use }: LimitReservation,
): Action<ActionName> {
  const rules = [
    ...(dailyMinor === undefined ? [] : ['(attribute_not_exists(used) OR used <= :usedMax)']),
    ...(dailyCount === undefined ? [] : ['(attribute_not_exists(n) OR n < :countMax)']),
  ];
  const names = { '#ttl': 'ttl', '#day': 'day' };
  const { tenant, currency } = owner;
  const { scope, day } = use;
  const set = 'SET #ttl = :ttl, #day = :day, tenant = :tenant, currency = :currency, #scope = :scope';
  return {
    name: 'limit',
    Update: {
      TableName: table.name,
      Key: { ...keyOf(owner, use) },
      UpdateExpression: `${set}, GSI2PK = :partition, GSI2SK = :pk ADD used :amount, n :one`,
      ConditionExpression: rules.join(' AND '),
      ExpressionAttributeNames: { ...names, '#scope': 'scope' },
      ExpressionAttributeValues: {
        ':ttl': table.nowSeconds() + LIMIT_SECONDS,
        ':day': day,
        ':tenant': tenant,
        ':currency': currency,
        ':scope': scope,
        ':partition': limitDayPartition(day),
        ':pk': keyOf(owner, use).PK,
        ':amount': use.countedMinor,
        ':one': 1,
        ...(dailyMinor !== undefined && { ':usedMax': dailyMinor - use.countedMinor }),
        ...(dailyCount !== undefined && { ':countMax': dailyCount }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/**
 * Adjusts a counter after a change of a payment. The counter may have expired, which fails the condition and is
 * ignored.
 */
export function adjustLimit(
  table: Table,
  owner: Owner,
  { use, deltaMinor, deltaCount }: LimitDelta,
): Action<ActionName> {
  return {
    name: 'adjust-limit',
    Update: {
      TableName: table.name,
      Key: { ...keyOf(owner, use) },
      UpdateExpression: 'ADD used :amount, n :count',
      ConditionExpression: 'attribute_exists(PK)',
      ExpressionAttributeValues: { ':amount': deltaMinor, ':count': deltaCount },
    },
  };
}
