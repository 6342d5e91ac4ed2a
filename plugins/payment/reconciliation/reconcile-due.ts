import type { Flow } from '../services.ts';
import type { DueThing } from './persistence/due-store.ts';
import { reconcileCustomer, reconcileSubscription } from './reconcile-customer.ts';
import { type Looked, reconcilePayment } from './reconcile-payment.ts';

/** How often each outcome was met in one run. */
export type Tally = Partial<Record<Looked | 'failed', number>>;

const PAGE_SIZE = 25;
const AT_ONCE = 5;
/** What one look may take: below it, the rest waits for the next run. */
const LOOK_MS = 12_000;

/** Looks at everything whose time has come, as far as the invocation lasts; the next run carries on. */
export async function reconcileDue(flow: Flow): Promise<Tally> {
  const { store } = flow.services;
  const tally: Tally = {};
  // The index lags behind: what was looked at may still be listed.
  const seen = new Set<string>();
  let open = Array.from({ length: store.shards }, (_, shard) => shard);
  while (open.length > 0 && flow.remainingMs() > LOOK_MS) {
    const pages = await Promise.all(open.map((shard) => pageOf(flow, shard, seen)));
    for (const thing of pages.flat()) seen.add(thing.id);
    await inGroups(pages.flat(), (thing) => count(flow, thing, tally), flow);
    open = open.filter((_, index) => (pages[index]?.length ?? 0) > 0);
  }
  return tally;
}

async function pageOf({ services }: Flow, shard: number, seen: ReadonlySet<string>) {
  const due = await services.store.due(shard, services.now().toISOString(), PAGE_SIZE + seen.size);
  return due.filter(({ id }) => !seen.has(id)).slice(0, PAGE_SIZE);
}

async function inGroups(
  things: readonly DueThing[],
  each: (thing: DueThing) => Promise<void>,
  flow: Flow,
): Promise<void> {
  for (let from = 0; from < things.length && flow.remainingMs() > LOOK_MS; from += AT_ONCE)
    await Promise.all(things.slice(from, from + AT_ONCE).map(each));
}

/** One thing that fails must not keep the others from being looked at. */
async function count(flow: Flow, thing: DueThing, tally: Tally): Promise<void> {
  const looked = await look(flow, thing).catch((error: unknown) => {
    flow.log.error('A look failed', { kind: thing.kind, id: thing.id, error });
    flow.log.count('payment.reconcile.failed');
    return 'failed' as const;
  });
  tally[looked] = (tally[looked] ?? 0) + 1;
}

function look(flow: Flow, { kind, id }: DueThing): Promise<Looked> {
  switch (kind) {
    case 'payment':
      return reconcilePayment(flow, id);
    case 'customer':
      return reconcileCustomer(flow, id);
    case 'subscription':
      return reconcileSubscription(flow, id);
  }
}
