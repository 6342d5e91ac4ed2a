import type { AggregateChange, AggregateStore, Part, Records, Root, Written } from './aggregate-store.ts';
import { ABSENT, type ActionName, insert, insertOutbox } from './actions.ts';
import { type Table } from './table.ts';
import { inboxAction, isProcessed } from './dynamodb-inbox.ts';
import { type Item, plain, recordOf, withoutKeys } from './items.ts';
import { type Key, dueAttributes, keys } from './keys.ts';
import { readAll, readItem, readItems } from './read.ts';
import * as record from './idempotency-records.ts';
import { type Action, transact, writeOne } from './write.ts';
import type { Subject } from './idempotency.ts';

/** The table layout of an aggregate: all its items share the partition of its root. */
export interface Layout {
  readonly type: Exclude<Subject['type'], 'payment'>;
  readonly root: (id: string) => Key;
  /** The prefix of the parts' sort keys. */
  readonly partPrefix: string;
  /** Attributes of a REF item that name the aggregate and its part. */
  readonly refNames: { readonly id: string; readonly partId: string };
  /** When a root is checked next, ISO 8601, after a change at `now`. */
  readonly nextCheck: (root: never, now: Date) => string | undefined;
  /** Actions added to the write of a new root; `owner` names a condition that may fail. */
  readonly withNew?: (table: Table, root: never) => Actions;
}

type Actions = readonly Action<ActionName>[];

/** Aggregates of one kind in the plugin's table. One method is one round trip, but for conflicts. */
export function dynamoAggregates<R extends Root, P extends Part>(
  table: Table,
  layout: Layout,
): AggregateStore<R, P> {
  const partKey = (id: string, partId: string): Key => ({
    PK: layout.root(id).PK,
    SK: `${layout.partPrefix}${partId}`,
  });
  return {
    async write(change, records) {
      const actions = [
        ...recordActions(table, layout, change, records),
        ...(change ? changeActions(table, layout, change, partKey) : []),
        ...(records.idempotency ? [record.completeIdempotencyRecord(table, records.idempotency)] : []),
      ];
      return actions.length === 0 ? { kind: 'committed' } : writeAll(table, actions, records);
    },
    get: async (id) => withoutKeys(await readItem(table, layout.root(id))) as R | undefined,
    async load(id, partId) {
      const [root, part] = await readItems(table, [layout.root(id), partKey(id, partId)]);
      return { root: withoutKeys(root) as R | undefined, part: withoutKeys(part) as P | undefined };
    },
    async parts(id) {
      const items = await readAll(table, layout.root(id).PK, layout.partPrefix);
      return items.map((item) => withoutKeys(item) as P);
    },
    async findByRef(provider, ref) {
      const item = await readItem(table, keys.ref(provider, ref));
      const id: unknown = item?.[layout.refNames.id];
      const partId: unknown = item?.[layout.refNames.partId];
      if (typeof id !== 'string') return undefined;
      return { id, ...(typeof partId === 'string' && { partId }) };
    },
    async scheduleCheck({ id, version }, at) {
      const due = dueAttributes(id, at);
      await writeOne(table, {
        Update: {
          TableName: table.name,
          Key: { ...layout.root(id) },
          UpdateExpression:
            at === undefined ? 'REMOVE GSI2PK, GSI2SK' : 'SET GSI2PK = :partition, GSI2SK = :at',
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: {
            ':version': version,
            ...(at !== undefined && { ':partition': due['GSI2PK'], ':at': at }),
          },
        },
      });
    },
    isEventProcessed: async (provider, eventId) =>
      isProcessed(await readItem(table, keys.inbox(provider, eventId))),
  };
}

function recordActions<R extends Root, P>(
  table: Table,
  { type }: Layout,
  change: AggregateChange<R, P> | undefined,
  { claim: claimed, relock, inbox }: Records,
): Actions {
  if (claimed && change === undefined) throw new TypeError('A key is claimed with a change only');
  return [
    ...(claimed && change
      ? [
          record.claimIdempotencyRecord(
            table,
            claimed.claim,
            { type, id: change.after.id },
            claimed.operationId,
          ),
        ]
      : []),
    ...(relock ? [record.relockIdempotencyRecord(table, relock.key, relock.was, relock.lockUntil)] : []),
    ...(inbox ? [inboxAction(table, inbox)] : []),
  ];
}

function changeActions<R extends Root, P extends Part>(
  table: Table,
  layout: Layout,
  { before, after, parts, events, refs }: AggregateChange<R, P>,
  partKey: (id: string, partId: string) => Key,
): Actions {
  const root = layout.root(after.id);
  const next = layout.nextCheck(after as never, new Date(after.updatedAt));
  const indexed = dueAttributes(after.id, next);
  return [
    fenced(table, { ...root, ...indexed, ...after }, before?.version),
    ...(before === undefined ? (layout.withNew?.(table, after as never) ?? []) : []),
    ...parts.map((part) =>
      fenced(table, { ...partKey(after.id, part.after.id), ...part.after }, part.before?.version),
    ),
    ...insertOutbox(table, root.PK, after.seq, events),
    ...refs.map(({ ref, partId }): Action<ActionName> => {
      const { id: idName, partId: partName } = layout.refNames;
      const target = { [idName]: after.id, ...(partId !== undefined && { [partName]: partId }) };
      return {
        name: 'other',
        Put: {
          TableName: table.name,
          Item: { ...keys.ref(after.provider, ref), ...target },
          ConditionExpression: `${ABSENT} OR #id = :id`,
          ExpressionAttributeNames: { '#id': idName },
          ExpressionAttributeValues: { ':id': after.id },
        },
      };
    }),
  ];
}

/** Writes an item on condition of its version; a new one must not exist. */
function fenced(table: Table, given: object, version: number | undefined): Action<ActionName> {
  const item: Item = { ...given };
  if (version === undefined) return insert(table, 'payment', item);
  return {
    name: 'payment',
    Put: {
      TableName: table.name,
      Item: item,
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': version },
    },
  };
}

async function writeAll(table: Table, actions: Actions, { claim }: Records): Promise<Written> {
  const refused = await transact(table, actions);
  if (refused === undefined) return { kind: 'committed' };
  if (refused.name === 'inbox') return { kind: 'duplicate' };
  if (refused.name === 'payment' || refused.name === 'owner') return { kind: 'stale' };
  if (refused.name === 'idempotency') {
    const known = claim ? recordOf(plain(refused.item), table.nowSeconds()) : undefined;
    return known ? { kind: 'key-taken', record: known } : { kind: 'stale' };
  }
  throw new Error(`The change of an aggregate could not be written: ${refused.name}`);
}
