import { insert } from '../../store/actions.ts';
import { type DynamoStoreOptions, tableOf } from '../../store/table.ts';
import { changeActions } from '../../payments/persistence/changes.ts';
import { keys } from '../../store/keys.ts';
import { writeChange } from '../../store/write-change.ts';
import type { RenewalStore } from './renewal-store.ts';

/** References are inserted, never replaced: they make the payment of a charge unique. */
export function dynamoRenewals(options: DynamoStoreOptions): RenewalStore {
  const table = tableOf(options);
  return {
    async insert(change, refs) {
      const { id: paymentId, provider, captures = [] } = change.after;
      // Disputes and reversals may name the capture alone.
      const named = [...new Set([...refs, ...captures.map(({ ref }) => ref)])].map((ref) =>
        insert(table, 'inbox', { ...keys.ref(provider, ref), paymentId }),
      );
      const isNew = { ...change, before: undefined };
      const { kind } = await writeChange(table, [...named, ...changeActions(table, isNew)], {});
      if (kind === 'committed') return 'committed';
      if (kind === 'duplicate') return 'taken';
      throw new Error(`The payment of a subscription could not be written: ${kind}`);
    },
  };
}
