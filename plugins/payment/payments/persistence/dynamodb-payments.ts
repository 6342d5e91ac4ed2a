import { type ActionName, put, update } from '../../store/actions.ts';
import { type DynamoStoreOptions, type Table, tableOf } from '../../store/table.ts';
import { changeActions } from './changes.ts';
import { disputeItem, operationOf, paymentOf, refundItem } from './items.ts';
import { recordOf } from '../../store/items.ts';
import { isProcessed } from '../../store/dynamodb-inbox.ts';
import { listOfCustomer } from './customer-payments.ts';
import { keys } from '../../store/keys.ts';
import { listPayments } from './list-payments.ts';
import { readItem, readItems } from '../../store/read.ts';
import { readLog } from './log.ts';
import { writeChange } from '../../store/write-change.ts';
import type { Action } from '../../store/write.ts';
import { operationIn } from '../model/payment.ts';
import type { PaymentStore, PaymentWrite } from './payment-store.ts';

/** Payments in one DynamoDB table. One method is one round trip, but for conflicts and throttling. */
export function dynamoPayments(options: DynamoStoreOptions): PaymentStore {
  const table = tableOf(options);
  return {
    write: (write, records) => writeChange(table, writeActions(table, write), records),

    get: async (paymentId) => paymentOf(await readItem(table, keys.payment(paymentId))),

    record: async (key) => recordOf(await readItem(table, keys.idempotency(key)), table.nowSeconds()),

    async load(paymentId, key) {
      const [payment, known] = await readItems(table, [
        keys.payment(paymentId),
        ...(key ? [keys.idempotency(key)] : []),
      ]);
      return { payment: paymentOf(payment), record: recordOf(known, table.nowSeconds()) };
    },

    async loadOperation(paymentId, operationId) {
      const [root, item] = await readItems(table, [
        keys.payment(paymentId),
        keys.operation(paymentId, operationId),
      ]);
      const payment = paymentOf(root);
      return { payment, operation: (payment && operationIn(payment, operationId)) ?? operationOf(item) };
    },

    async loadInbox(paymentId, provider, eventId) {
      const [payment, entry] = await readItems(table, [
        keys.payment(paymentId),
        keys.inbox(provider, eventId),
      ]);
      return { payment: paymentOf(payment), isEventProcessed: isProcessed(entry) };
    },

    async findByRef(provider, ref) {
      const paymentId: unknown = (await readItem(table, keys.ref(provider, ref)))?.['paymentId'];
      return typeof paymentId === 'string' ? paymentId : undefined;
    },

    list: (query) => listPayments(table, query),
    listOfCustomer: (query) => listOfCustomer(table, query),
    log: (paymentId, limit, afterVersion) => readLog(table, { paymentId, limit, afterVersion }),
  };
}

function writeActions(
  table: Table,
  { paymentId, change, operation, refunds = [], disputes = [] }: PaymentWrite,
): readonly Action<ActionName>[] {
  const { id: operationId = '', ...set } = operation ?? {};
  return [
    ...(change ? changeActions(table, change) : []),
    ...(operation ? [update(table, keys.operation(paymentId, operationId), set)] : []),
    ...refunds.map((refund) => put(table, refundItem(refund))),
    ...disputes.map((dispute) => put(table, disputeItem(dispute))),
  ];
}
