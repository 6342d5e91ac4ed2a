import type { ActionName } from './actions.ts';
import { inboxAction } from './dynamodb-inbox.ts';
import {
  claimIdempotencyRecord,
  completeIdempotencyRecord,
  relockIdempotencyRecord,
} from './idempotency-records.ts';
import { plain, recordOf } from './items.ts';
import type { Records, Written } from './records.ts';
import type { Table } from './table.ts';
import { type Action, writeAll } from './write.ts';

/**
 * Writes the actions of a change with its records, all or none. Failed conditions are reported in this order: a used
 * key replays even when the aggregate has changed since.
 */
export const writeChange = (
  table: Table,
  change: readonly Action<ActionName>[],
  { claim, relock, inbox, idempotency }: Records,
): Promise<Written> =>
  writeActions(table, [
    ...(claim ? [claimIdempotencyRecord(table, claim)] : []),
    ...(relock ? [relockIdempotencyRecord(table, relock)] : []),
    ...(inbox ? [inboxAction(table, inbox)] : []),
    ...change,
    ...(idempotency ? [completeIdempotencyRecord(table, idempotency)] : []),
  ]);

async function writeActions(table: Table, actions: readonly Action<ActionName>[]): Promise<Written> {
  const refused = await writeAll(table, actions);
  if (refused === undefined) return { kind: 'committed' };
  const item = plain(refused.item) ?? {};
  switch (refused.name) {
    case 'idempotency': {
      const record = refused.item && recordOf(item, table.nowSeconds());
      return record ? { kind: 'key-taken', record } : { kind: 'stale' };
    }
    case 'inbox':
      return { kind: 'duplicate' };
    case 'version':
    case 'owner':
      return { kind: 'stale' };
    case 'order':
      return { kind: 'order-taken', paymentId: String(item['paymentId']) };
    case 'limit': {
      const { scope = '', used = 0, n = 0 } = item;
      return { kind: 'limit-reached', scope: String(scope), usedMinor: Number(used), count: Number(n) };
    }
    case 'free-order':
    case 'adjust-limit':
      // The order reference belongs to another payment, or the counter has expired: the write is valid without it.
      return writeActions(
        table,
        actions.filter(({ name }) => name !== refused.name),
      );
    case 'other':
      throw new Error('A change could not be written: an item that must exist does not, or is there already');
  }
}
