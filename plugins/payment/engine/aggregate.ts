import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Aggregate, type Fact, envelopesOf } from './model/event-envelopes.ts';
import { problem } from '../errors.ts';
import type {
  AggregateChange,
  AggregateStore,
  Part,
  ProviderRef,
  Records,
  Root,
} from '../store/aggregate-store.ts';
import { changeContext } from './flow.ts';
import { type Flow } from '../services.ts';

/** How often a change is tried before it is given up as contention. */
export const TRIES_MAX = 16;
const PAUSE_MS = 25;
const PAUSE_DOUBLINGS_MAX = 4;

/** An aggregate as far as one step looks at it: its root, and those of its parts that may change. */
export interface State<R, P> {
  readonly root: R;
  readonly parts: readonly P[];
}

/** What a step makes of a state. Root and parts that stay as they were are those very objects. */
export interface Next<R, P> extends State<R, P> {
  /** Parts that change although the state did not hold them, as they were read. */
  readonly beside?: readonly P[];
  readonly facts?: readonly Fact[];
  readonly refs?: readonly ProviderRef[];
}

/** Numbers a change: next versions, the next sequence when there is something to publishNotice. */
export function aggregateChange<R extends Root, P extends Part>(
  flow: Flow,
  type: Aggregate['type'],
  before: State<R, P> | undefined,
  { root, parts, beside = [], facts = [], refs = [] }: Next<R, P>,
): AggregateChange<R, P> | undefined {
  const read = [...(before?.parts ?? []), ...beside];
  const moved = parts.flatMap((after) => {
    // Version 0: made up by the step, not stored yet.
    const known = read.find(({ id, version }) => id === after.id && version > 0);
    if (known !== undefined && same(known, after)) return [];
    return [{ before: known, after: { ...after, version: (known?.version ?? 0) + 1 } }];
  });
  const unchanged = before !== undefined && same(before.root, root);
  if (unchanged && moved.length === 0 && facts.length === 0 && refs.length === 0) return undefined;
  const context = changeContext(flow);
  const old = before?.root;
  const after: R = {
    ...root,
    version: (old?.version ?? 0) + 1,
    seq: (old?.seq ?? 0) + (facts.length > 0 ? 1 : 0),
    updatedAt: context.now.toISOString(),
  };
  const events = envelopesOf({ type, id: root.id, tenant: root.tenant }, after.seq, facts, context);
  return { before: old, after, parts: moved, events, refs };
}

/** DynamoDB keeps no `undefined`. */
const same = (a: object, b: object): boolean => a === b || isDeepStrictEqual(defined(a), defined(b));
const defined = (object: object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** Where aggregates of one kind are kept, and how their states are read. */
export interface Kept<R, P> {
  readonly type: Aggregate['type'];
  readonly store: AggregateStore<R, P>;
  /** The state now. @throws Error when an aggregate that existed a moment ago does not */
  read(): Promise<State<R, P>>;
}

export interface Changed<R, P> {
  readonly applied: 'processed' | 'duplicate';
  readonly state: State<R, P>;
}

/**
 * The only way an aggregate changes after its creation: takes a step from the state that was read, and writes it
 * on condition of the versions, with events and dedupe record. When somebody else was faster the step is taken
 * anew.
 */
export async function change<R extends Root, P extends Part>(
  flow: Flow,
  kept: Kept<R, P>,
  first: State<R, P>,
  take: (state: State<R, P>, tries: number) => Promise<Next<R, P>>,
  recordsOf: (state: State<R, P>) => Records = () => ({}),
): Promise<Changed<R, P>> {
  let state = first;
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const next = await take(state, tries);
    const made = aggregateChange(flow, kept.type, state, next);
    const after = made === undefined ? state : stateAfter(next, made);
    const written = await kept.store.write(made, recordsOf(after));
    if (written.kind === 'committed' || written.kind === 'duplicate')
      return written.kind === 'duplicate'
        ? { applied: 'duplicate', state }
        : { applied: 'processed', state: after };
    await backOff(tries);
    state = await kept.read();
  }
  throw problem('contention');
}

/** A pause with full jitter after somebody else was faster, so that each gets its turn. */
export const backOff = (tries: number): Promise<void> =>
  pause(Math.random() * PAUSE_MS * 2 ** Math.min(tries, PAUSE_DOUBLINGS_MAX));

export function stateAfter<R, P extends Part>(
  next: State<R, P>,
  { after, parts }: AggregateChange<R, P>,
): State<R, P> {
  const moved = new Map(parts.map((part) => [part.after.id, part.after]));
  return { root: after, parts: next.parts.map((part) => moved.get(part.id) ?? part) };
}
