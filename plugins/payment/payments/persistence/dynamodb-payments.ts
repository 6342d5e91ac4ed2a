import { type ActionName, put as putItem } from '../../store/actions.ts';
import { type DynamoStoreOptions, type Table, tableOf } from '../../store/table.ts';
import { changeActions, insertLog, insertOrder, insertPayment, replacePayment } from './changes.ts';
import { finishOperation, insertOperation, recordAttempt } from './operations.ts';
import { disputeItem, operationOf, paymentOf, refundItem } from './items.ts';
import { type Item, plain, recordOf } from '../../store/items.ts';
import { inboxAction, isProcessed } from '../../store/dynamodb-inbox.ts';
import { customerPointer, listOfCustomer } from './customer-payments.ts';
import { type Key, keys } from '../../store/keys.ts';
import { reserveLimit } from '../../limits/persistence/limit-counters.ts';
import { listPayments } from './list-payments.ts';
import { readItem, readItems } from '../../store/read.ts';
import { readLog } from './log.ts';
import * as record from '../../store/idempotency-records.ts';
import { type Action, transact, writeOne } from '../../store/write.ts';
import type { PaymentOperation } from '../model/payment.ts';
import type { Claimed, Commit, Committed, PaymentStore } from './payment-store.ts';
import type { IdempotencyClaim } from '../../store/idempotency.ts';

const DISPENSABLE: ReadonlySet<ActionName> = new Set(['free-order', 'adjust-limit']);

type Actions = readonly Action<ActionName>[];

/** Payments in one DynamoDB table. One method is one round trip, but for conflicts and throttling. */
export function dynamoPayments(options: DynamoStoreOptions): PaymentStore {
  const table = tableOf(options);
  const item = (key: Key) => readItem(table, key);
  const items = (wanted: readonly Key[]) => readItems(table, wanted);

  return {
    begin: ({ payment, operation, log, limits, idempotency }) =>
      claim(table, [
        ...(idempotency ? [claimFor(table, idempotency, operation)] : []),
        ...(payment.orderReference === undefined
          ? []
          : [insertOrder(table, payment, payment.orderReference)]),
        insertPayment(table, payment),
        ...customerPointer(table, payment),
        ...limits.map((reservation) => reserveLimit(table, payment, reservation)),
        insertOperation(table, operation),
        insertLog(table, log),
      ]),

    beginOperation: ({ change, operation, idempotency }) =>
      claim(table, [
        ...(idempotency ? [claimFor(table, idempotency, operation)] : []),
        ...changeActions(table, change),
        insertOperation(table, operation),
      ]),

    async relock({ before, after, operation, idempotency }) {
      const refused = await transact(table, [
        ...(idempotency
          ? [record.relockIdempotencyRecord(table, idempotency.key, idempotency.was, idempotency.lockUntil)]
          : []),
        replacePayment(table, before, after),
        recordAttempt(table, operation),
      ]);
      return refused ? 'stale' : 'committed';
    },

    commit: (commit) => commitAll(table, commitActions(table, commit)),

    get: async (paymentId) => paymentOf(await item(keys.payment(paymentId))),

    record: async (key) => recordOf(await item(keys.idempotency(key)), table.nowSeconds()),

    async load(paymentId, key) {
      const [payment, known] = await items([
        keys.payment(paymentId),
        ...(key ? [keys.idempotency(key)] : []),
      ]);
      return { payment: paymentOf(payment), record: recordOf(known, table.nowSeconds()) };
    },

    async loadOperation(paymentId, operationId) {
      const [payment, operation] = await items([
        keys.payment(paymentId),
        keys.operation(paymentId, operationId),
      ]);
      return { payment: paymentOf(payment), operation: operationOf(operation) };
    },

    async loadInbox(paymentId, provider, eventId) {
      const [payment, entry] = await items([keys.payment(paymentId), keys.inbox(provider, eventId)]);
      return { payment: paymentOf(payment), isEventProcessed: isProcessed(entry) };
    },

    async findByRef(provider, ref) {
      const found = await item(keys.ref(provider, ref));
      const paymentId: unknown = found?.['paymentId'];
      return typeof paymentId === 'string' ? paymentId : undefined;
    },

    list: (query) => listPayments(table, query),
    listOfCustomer: (query) => listOfCustomer(table, query),
    log: (paymentId, limit, afterVersion) => readLog(table, { paymentId, limit, afterVersion }),
  };
}

const claimFor = (table: Table, claimed: IdempotencyClaim, { id, paymentId }: PaymentOperation) =>
  record.claimIdempotencyRecord(table, claimed, { type: 'payment', id: paymentId }, id);

const limitReached = ({ scope = '', used = 0, n = 0 }: Item): Claimed => ({
  kind: 'limit-reached',
  scope: String(scope),
  usedMinor: Number(used),
  count: Number(n),
});

async function claim(table: Table, actions: Actions): Promise<Claimed> {
  const refused = await transact(table, actions);
  if (refused === undefined) return { kind: 'claimed' };
  const item = plain(refused.item);
  const known = refused.name === 'idempotency' ? recordOf(item, table.nowSeconds()) : undefined;
  if (known) return { kind: 'key-taken', record: known };
  if (refused.name === 'order' && item) return { kind: 'order-taken', paymentId: String(item['paymentId']) };
  if (refused.name === 'limit') return limitReached(item ?? {});
  if (refused.name === 'payment') return { kind: 'stale' };
  throw new Error(`The intent could not be written: ${refused.name}`);
}

function commitActions(
  table: Table,
  { paymentId, change, operation, refunds = [], disputes = [], idempotency, inbox }: Commit,
): Actions {
  return [
    ...(inbox ? [inboxAction(table, inbox)] : []),
    ...(change ? changeActions(table, change) : []),
    ...(operation ? [finishOperation(table, paymentId, operation)] : []),
    ...refunds.map((refund) => putItem(table, refundItem(refund))),
    ...disputes.map((dispute) => putItem(table, disputeItem(dispute))),
    ...(idempotency ? [record.completeIdempotencyRecord(table, idempotency)] : []),
  ];
}

async function commitAll(table: Table, actions: Actions): Promise<Committed> {
  const [only, ...more] = actions;
  if (only === undefined) return 'committed';
  if (more.length === 0) {
    const done = await writeOne(table, only);
    if (!done && only.name === 'other') throw new Error('A record that must exist does not');
    return done ? 'committed' : 'duplicate';
  }
  const refused = await transact(table, actions);
  if (refused === undefined) return 'committed';
  if (refused.name === 'inbox') return 'duplicate';
  if (refused.name === 'payment') return 'stale';
  // The order reference belongs to another payment, or the counter has expired: the write is valid without that
  // action.
  if (DISPENSABLE.has(refused.name))
    return commitAll(
      table,
      actions.filter(({ name }) => name !== refused.name),
    );
  throw new Error(`The change could not be written: ${refused.name}`);
}
