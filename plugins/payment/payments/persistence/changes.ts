import type { Change } from '../model/change.ts';
import type { LogEntry, Payment } from '../model/payment.ts';
import { limitDeltas } from '../../limits/model/limits.ts';
import { adjustLimit } from '../../limits/persistence/limit-counters.ts';
import { ABSENT, type ActionName, insert, insertOutbox } from '../../store/actions.ts';
import { type Table } from '../../store/table.ts';
import { keys } from '../../store/keys.ts';
import type { Action } from '../../store/write.ts';
import { logItem, paymentItem } from './items.ts';

export const insertPayment = (table: Table, payment: Payment): Action<ActionName> =>
  insert(table, 'payment', paymentItem(payment));

export const insertLog = (table: Table, entry: LogEntry): Action<ActionName> =>
  insert(table, 'other', logItem(entry));

/** Claims an order reference for one live payment. */
export const insertOrder = (table: Table, payment: Payment, reference: string): Action<ActionName> =>
  insert(table, 'order', { ...keys.order(payment.tenant, reference), paymentId: payment.id });

/** Writes the payment on condition that the stored version is still that of `before`. */
export function replacePayment(table: Table, before: Payment, after: Payment): Action<ActionName> {
  return {
    name: 'payment',
    Put: {
      TableName: table.name,
      Item: paymentItem(after),
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': before.version },
    },
  };
}

/** The actions of a payment change: payment, log, outbox, provider references, the released order reference. */
export function changeActions(table: Table, { before, after, log, events }: Change): Action<ActionName>[] {
  const ended = after.status !== before.status && (after.status === 'canceled' || after.status === 'failed');
  const { orderReference, providerRef } = after;
  const actions = [replacePayment(table, before, after), insertLog(table, log)];
  actions.push(...insertOutbox(table, keys.payment(after.id).PK, after.seq, events));
  if (before.providerRef === undefined && providerRef !== undefined)
    actions.push(putRef(table, after, providerRef));
  for (const { ref } of newCaptures(before, after)) actions.push(putRef(table, after, ref));
  if (ended && orderReference !== undefined) actions.push(freeOrder(table, after, orderReference));
  actions.push(...limitDeltas(before, after).map((delta) => adjustLimit(table, after, delta)));
  return actions;
}

/** New captures: refunds and disputes may name only the capture. */
const newCaptures = (before: Payment, { captures = [] }: Payment) =>
  captures.filter(({ ref }) => !before.captures?.some((known) => known.ref === ref));

function putRef(table: Table, payment: Payment, ref: string): Action<ActionName> {
  return {
    name: 'other',
    Put: {
      TableName: table.name,
      Item: { ...keys.ref(payment.provider, ref), paymentId: payment.id },
      ...ownedBy(payment),
    },
  };
}

/**
 * Releases an order reference. A payment that ends a second time, after a late success, may find it claimed by
 * another payment.
 */
function freeOrder(table: Table, payment: Payment, reference: string): Action<ActionName> {
  return {
    name: 'free-order',
    Delete: { TableName: table.name, Key: { ...keys.order(payment.tenant, reference) }, ...ownedBy(payment) },
  };
}

const ownedBy = ({ id }: Payment) => ({
  ConditionExpression: `${ABSENT} OR paymentId = :id`,
  ExpressionAttributeValues: { ':id': id },
});
