import { type ActionName, insert, insertOutbox } from '../../store/actions.ts';
import { tableOf } from '../../store/table.ts';
import { insertLog, insertPayment } from '../../payments/persistence/changes.ts';
import { customerPointer } from '../../payments/persistence/customer-payments.ts';
import { keys } from '../../store/keys.ts';
import { type Action, transact } from '../../store/write.ts';
import type { DynamoStoreOptions } from '../../store/table.ts';
import type { RenewalStore } from './renewal-store.ts';

/** References are inserted, never replaced: they make the payment of a charge unique. */
export function dynamoRenewals(options: DynamoStoreOptions): RenewalStore {
  const table = tableOf(options);
  return {
    async insert({ after, log, events }, refs) {
      // Disputes and reversals may name the capture alone.
      const captured = (after.captures ?? []).map(({ ref }) => ref);
      const named = [...new Set([...refs, ...captured])].map((ref) =>
        insert(table, 'inbox', { ...keys.ref(after.provider, ref), paymentId: after.id }),
      );
      const actions: readonly Action<ActionName>[] = [
        ...named,
        insertPayment(table, after),
        insertLog(table, log),
        ...insertOutbox(table, keys.payment(after.id).PK, after.seq, events),
        ...customerPointer(table, after),
      ];
      const refused = await transact(table, actions);
      if (refused === undefined) return 'committed';
      if (refused.name === 'inbox') return 'taken';
      throw new Error(`The payment of a subscription could not be written: ${refused.name}`);
    },
  };
}
