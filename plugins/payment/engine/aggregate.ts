import { isDeepStrictEqual } from 'node:util';
import { type DomainEvent, envelopesOf } from './model/event-envelopes.ts';
import type { AggregateChange, AggregateStore, Part, ProviderRef, Root } from '../store/aggregate-store.ts';
import type { Subject } from '../store/idempotency.ts';
import type { Flow } from '../services.ts';
import { changeContext } from './flow.ts';
import type { Repository } from './update.ts';

/** The part of an aggregate that one operation reads: its root, and the parts that it may change. */
export interface State<R, P> {
  readonly root: R;
  readonly parts: readonly P[];
}

/** The state after a step. A root or part that has not changed is the same object as before. */
export interface Next<R, P> extends State<R, P> {
  /** Parts that change and were not in `parts` of the state before, as they were read. */
  readonly beside?: readonly P[];
  readonly domainEvents?: readonly DomainEvent[];
  readonly refs?: readonly ProviderRef[];
}

/**
 * Prepares a change for writing: the next version of the root and of each changed part, and the next outbox
 * sequence when an event is published.
 * @returns undefined when nothing has changed
 */
export function aggregateChange<R extends Root, P extends Part>(
  flow: Flow,
  type: Exclude<Subject['type'], 'payment'>,
  before: State<R, P> | undefined,
  { root, parts, beside = [], domainEvents = [], refs = [] }: Next<R, P>,
): AggregateChange<R, P> | undefined {
  const read = [...(before?.parts ?? []), ...beside];
  const moved = parts.flatMap((after) => {
    // Version 0: created by this step, not stored yet.
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

/** DynamoDB stores no `undefined`, so a missing member equals an undefined one. */
const same = (a: object, b: object): boolean => a === b || isDeepStrictEqual(defined(a), defined(b));
const defined = (object: object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** The state as it is stored once the change is written, with the new versions. */
export function stateAfter<R, P extends Part>(
  next: State<R, P>,
  { after, parts }: AggregateChange<R, P>,
): State<R, P> {
  const moved = new Map(parts.map((part) => [part.after.id, part.after]));
  return { root: after, parts: next.parts.map((part) => moved.get(part.id) ?? part) };
}

/** A repository of one aggregate, with the store of its kind. */
export interface AggregateRepository<R, P> extends Repository<State<R, P>, Next<R, P>> {
  readonly type: Exclude<Subject['type'], 'payment'>;
  readonly store: AggregateStore<R, P>;
}

/**
 * A repository whose `write` stores a change on condition of the versions that were read.
 * @param read the current state; throws Error when an aggregate that existed before is missing
 */
export function aggregateRepository<R extends Root, P extends Part>(
  flow: Flow,
  type: Exclude<Subject['type'], 'payment'>,
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
