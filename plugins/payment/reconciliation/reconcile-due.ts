import type { Flow } from '../services.ts';
import type { DueItem } from './persistence/due-store.ts';
import { reconcileCustomer, reconcileSubscription } from './reconcile-customer.ts';
import { type CheckOutcome, reconcilePayment } from './reconcile-payment.ts';

/** How often each outcome occurred in one run. */
export type Tally = Partial<Record<CheckOutcome | 'failed', number>>;

const PAGE_SIZE = 25;
const AT_ONCE = 5;
/** Milliseconds for one check: with less time left, the rest waits for the next run. */
const ITEM_MS = 12_000;

/** Checks all due items while the invocation has time; the next run continues. */
export async function reconcileDue(flow: Flow): Promise<Tally> {
  const { store } = flow.services;
  const tally: Tally = {};
  // The index is eventually consistent, so a checked item may still be listed.
  const processed = new Set<string>();
  let open = Array.from({ length: store.shards }, (_, shard) => shard);
  while (open.length > 0 && flow.remainingMs() > ITEM_MS) {
    const pages = await Promise.all(open.map((shard) => pageOf(flow, shard, processed)));
    for (const item of pages.flat()) processed.add(item.id);
    await inGroups(pages.flat(), (item) => reconcileAndCount(flow, item, tally), flow);
    open = open.filter((_, index) => (pages[index]?.length ?? 0) > 0);
  }
  return tally;
}

async function pageOf({ services }: Flow, shard: number, processed: ReadonlySet<string>) {
  const due = await services.store.due(shard, services.now().toISOString(), PAGE_SIZE + processed.size);
  return due.filter(({ id }) => !processed.has(id)).slice(0, PAGE_SIZE);
}

async function inGroups(
  items: readonly DueItem[],
  each: (item: DueItem) => Promise<void>,
  flow: Flow,
): Promise<void> {
  for (let from = 0; from < items.length && flow.remainingMs() > ITEM_MS; from += AT_ONCE)
    await Promise.all(items.slice(from, from + AT_ONCE).map(each));
}

/** One failing item must not block the others. */
async function reconcileAndCount(flow: Flow, item: DueItem, tally: Tally): Promise<void> {
  const outcome = await reconcileItem(flow, item).catch((error: unknown) => {
    flow.log.error('The check of an item failed', { kind: item.kind, id: item.id, error });
    flow.log.count('payment.reconcile.failed');
    return 'failed' as const;
  });
  tally[outcome] = (tally[outcome] ?? 0) + 1;
}

function reconcileItem(flow: Flow, { kind, id }: DueItem): Promise<CheckOutcome> {
  switch (kind) {
    case 'payment':
      return reconcilePayment(flow, id);
    case 'customer':
      return reconcileCustomer(flow, id);
    case 'subscription':
      return reconcileSubscription(flow, id);
  }
}
