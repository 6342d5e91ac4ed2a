import type { Change } from '../model/change.ts';
import { type Payment, operationIn } from '../model/payment.ts';
import { limitDeltas } from '../../limits/model/limits.ts';
import { adjustLimit, reserveLimit } from '../../limits/persistence/limit-counters.ts';
import { type ActionName, fenced, insert, insertOutbox, ownedBy, put, putRef } from '../../store/actions.ts';
import { type Table } from '../../store/table.ts';
import { keys } from '../../store/keys.ts';
import type { Action } from '../../store/write.ts';
import { customerPointer } from './customer-payments.ts';
import { logItem, operationItem, paymentItem } from './items.ts';

type Actions = readonly Action<ActionName>[];

/** Writes the payment on condition that the stored version is still that of `before`; a new one must not exist. */
export const writePayment = (
  table: Table,
  { before, after }: Pick<Change, 'before' | 'after'>,
): Action<ActionName> => ({
  ...fenced(table, paymentItem(after), before?.version),
  isDistinct: before === undefined,
});

/** The actions of a payment change: payment, log, outbox, and the items that follow from the change. */
export function changeActions(table: Table, change: Change): Actions {
  const { before, after, log, firstLog, events = [] } = change;
  return [
    ...(before === undefined ? claimOrder(table, after) : []),
    writePayment(table, change),
    ...(before === undefined ? newPaymentActions(table, change) : []),
    ...(log ? [insert(table, 'other', logItem(log, firstLog))] : []),
    ...insertOutbox(table, keys.payment(after.id).PK, after.seq, events),
    ...(before === undefined ? [] : followingActions(table, before, after)),
    ...(before === undefined ? [] : keepOperation(table, before, after)),
  ];
}

/** The operation before the one that begins gets an item of its own, so that its key still finds its outcome. */
function keepOperation(table: Table, before: Payment, after: Payment): Actions {
  const { id } = before.operation;
  const ended = id === after.operation.id ? undefined : operationIn(before, id);
  return ended === undefined ? [] : [put(table, operationItem(ended))];
}

/** Claims the order reference for one live payment. */
const claimOrder = (table: Table, { id: paymentId, tenant, orderReference }: Payment): Actions =>
  orderReference === undefined
    ? []
    : [insert(table, 'order', { ...keys.order(tenant, orderReference), paymentId })];

const newPaymentActions = (table: Table, { after, limits = [] }: Change): Actions => [
  ...customerPointer(table, after),
  ...limits.map((reservation) => reserveLimit(table, after, reservation)),
];

/** New provider references, the released order reference, and the adjusted counters of limits. */
function followingActions(table: Table, before: Payment, after: Payment): Actions {
  const { id, provider, providerRef, captures = [] } = after;
  // Refunds and disputes may name only the capture.
  const newRefs = [
    ...(before.providerRef === undefined && providerRef !== undefined ? [providerRef] : []),
    ...captures.map(({ ref }) => ref).filter((ref) => !before.captures?.some((known) => known.ref === ref)),
  ];
  return [
    ...newRefs.map((ref) => putRef(table, keys.ref(provider, ref), { paymentId: id }, 'paymentId')),
    ...(hasJustEnded(before, after) ? releaseOrder(table, after) : []),
    ...limitDeltas(before, after).map((delta) => adjustLimit(table, after, delta)),
  ];
}

const hasJustEnded = (before: Payment, { status }: Payment): boolean =>
  status !== before.status && (status === 'canceled' || status === 'failed');

/**
 * Releases an order reference. A payment that ends a second time, after a late success, may find it claimed by
 * another payment.
 */
const releaseOrder = (table: Table, { id: paymentId, tenant, orderReference }: Payment): Actions =>
  orderReference === undefined
    ? []
    : [
        {
          name: 'free-order',
          Delete: {
            TableName: table.name,
            Key: { ...keys.order(tenant, orderReference) },
            ...ownedBy('paymentId', paymentId),
          },
        },
      ];
