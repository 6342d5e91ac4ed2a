import { isDeepStrictEqual } from 'node:util';
import { type Aggregate, type DomainEvent, envelopesOf } from './model/event-envelopes.ts';
import type { AggregateChange, AggregateStore, Part, ProviderRef, Root } from '../store/aggregate-store.ts';
import type { Flow } from '../services.ts';
import { changeContext } from './flow.ts';
import type { Repository } from './update.ts';

/** An aggregate as far as one step looks at it: its root, and those of its parts that may change. */
export interface State<R, P> {
  readonly root: R;
  readonly parts: readonly P[];
}

/** What a step makes of a state. Root and parts that stay as they were are those very objects. */
export interface Next<R, P> extends State<R, P> {
  /** Parts that change although the state did not hold them, as they were read. */
  readonly beside?: readonly P[];
  readonly domainEvents?: readonly DomainEvent[];
  readonly refs?: readonly ProviderRef[];
}

/** Numbers a change: next versions, the next sequence when there is something to publish. */
export function aggregateChange<R extends Root, P extends Part>(
  flow: Flow,
  type: Aggregate['type'],
  before: State<R, P> | undefined,
  { root, parts, beside = [], domainEvents = [], refs = [] }: Next<R, P>,
): AggregateChange<R, P> | undefined {
  const read = [...(before?.parts ?? []), ...beside];
  const moved = parts.flatMap((after) => {
    // Version 0: made up by the step, not stored yet.
    const known = read.find(({ id, version }) => id === after.id && version > 0);
    if (known !== undefined && same(known, after)) return [];
    return [{ before: known, after: { ...after, version: (known?.version ?? 0) + 1 } }];
  });
  const unchanged = before !== undefined && same(before.root, root);
  if (unchanged && moved.length === 0 && domainEvents.length === 0 && refs.length === 0) return undefined;
  const context = changeContext(flow);
  const old = before?.root;
  const after: R = {
    ...root,
    version: (old?.version ?? 0) + 1,
    seq: (old?.seq ?? 0) + (domainEvents.length > 0 ? 1 : 0),
    updatedAt: context.now.toISOString(),
  };
  const events = envelopesOf({ type, id: root.id, tenant: root.tenant }, after.seq, domainEvents, context);
  return { before: old, after, parts: moved, events, refs };
}

/** DynamoDB keeps no `undefined`. */
const same = (a: object, b: object): boolean => a === b || isDeepStrictEqual(defined(a), defined(b));
const defined = (object: object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

export function stateAfter<R, P extends Part>(
  next: State<R, P>,
  { after, parts }: AggregateChange<R, P>,
): State<R, P> {
  const moved = new Map(parts.map((part) => [part.after.id, part.after]));
  return { root: after, parts: next.parts.map((part) => moved.get(part.id) ?? part) };
}

/** Aggregates of one kind, and how the states that one operation works with are read. */
export interface AggregateRepository<R, P> extends Repository<State<R, P>, Next<R, P>> {
  readonly type: Aggregate['type'];
  readonly store: AggregateStore<R, P>;
}

/** @param read the state now; throws Error when an aggregate that existed a moment ago does not */
export function aggregateRepository<R extends Root, P extends Part>(
  flow: Flow,
  type: Aggregate['type'],
  store: AggregateStore<R, P>,
  read: () => Promise<State<R, P>>,
): AggregateRepository<R, P> {
  return {
    type,
    store,
    read,
    async write(before, next, recordsOf) {
      const change = aggregateChange(flow, type, before, next);
      const after = change === undefined ? before : stateAfter(next, change);
      const written = await store.write(change, recordsOf(after));
      if (written.kind === 'committed') return { kind: 'committed', after };
      return { kind: written.kind === 'duplicate' ? 'duplicate' : 'stale' };
    },
    async complete(idempotency) {
      await store.write(undefined, { idempotency });
    },
  };
}
