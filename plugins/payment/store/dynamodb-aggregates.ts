import type { AggregateChange, AggregateStore, Part, Root } from './aggregate-store.ts';
import { type ActionName, fenced, insertOutbox, putRef } from './actions.ts';
import { type Table } from './table.ts';
import { isProcessed } from './dynamodb-inbox.ts';
import { withoutKeys } from './items.ts';
import { type Key, dueAttributes, keys } from './keys.ts';
import { readAll, readItem, readItems } from './read.ts';
import { writeChange } from './write-change.ts';
import { type Action, writeOne } from './write.ts';

/** The table layout of an aggregate: all its items share the partition of its root. */
export interface Layout {
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
    write: (change, records) =>
      writeChange(table, change ? changeActions(table, layout, change, partKey) : [], records),
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
    ...refs.map(({ ref, partId }) => {
      const { id: idName, partId: partName } = layout.refNames;
      const target = { [idName]: after.id, ...(partId !== undefined && { [partName]: partId }) };
      return putRef(table, keys.ref(after.provider, ref), target, idName);
    }),
  ];
}
