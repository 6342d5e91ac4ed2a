import type { Flow } from '../services.ts';
import type { LimitCounter } from './persistence/due-store.ts';
import type { ListPosition } from '../payments/persistence/payment-store.ts';
import { publishLimitMismatch } from './notices.ts';

const DAY_MS = 86_400_000;
const PAGE_SIZE = 100;
/** Milliseconds for one page: with less time left, the rest waits for the next run. */
const STEP_MS = 12_000;
const JOB = 'limits';

/** How many counters of a day were compared with their payments, and how many differ. */
export interface LimitCheck {
  readonly limits: number;
  readonly limitMismatches: number;
}

interface Usage {
  readonly usedMinor: number;
  readonly count: number;
}
const NO_USAGE: Usage = { usedMinor: 0, count: 0 };

/**
 * Sums up what yesterday's payments count against each limit, once, and publishes where the counter differs.
 * Nothing is corrected: payments go on changing, and the cause of a wrong counter has to be found by people.
 */
export async function recomputeLimits(flow: Flow): Promise<LimitCheck> {
  const { store } = flow.services;
  const day = new Date(flow.services.now().getTime() - DAY_MS).toISOString().slice(0, 10);
  const counts = { limits: 0, limitMismatches: 0 };
  let record = await store.job(JOB);
  if (record?.state['day'] === day && record.state['done'] === 'yes') return counts;
  const after = record?.state['day'] === day ? record.state['tenant'] : undefined;
  const counters = await store.limitCounters(compact(day));
  const tenants = [...new Set(counters.map(({ tenant }) => tenant))].toSorted();
  for (const tenant of tenants.filter((each) => after === undefined || each > after)) {
    const mismatched = await mismatchesOf(flow, tenant, day, counters);
    if (mismatched === undefined) return counts;
    for (const { counter, actual } of mismatched) await publishLimitMismatch(flow, day, counter, actual);
    counts.limits += counters.filter((counter) => counter.tenant === tenant).length;
    counts.limitMismatches += mismatched.length;
    const state = { day, tenant };
    if (!(await store.saveJob(JOB, record, state))) return counts;
    record = { version: (record?.version ?? 0) + 1, state };
  }
  await store.saveJob(JOB, record, { day, done: 'yes' });
  return counts;
}

const compact = (day: string): string => day.replaceAll('-', '');

/** The counters of a tenant that differ by the same amount in two readings; undefined when time runs out. */
async function mismatchesOf(flow: Flow, tenant: string, day: string, counters: readonly LimitCounter[]) {
  const usage = await usageOf(flow, tenant, day);
  if (usage === undefined) return undefined;
  const suspects = counters.filter((counter) => counter.tenant === tenant && differs(counter, usage));
  if (suspects.length === 0) return [];
  // Read twice, because a payment may have changed between the readings, and the index of counters is eventually
  // consistent.
  const again = await flow.services.store.limitCounters(compact(day));
  const usageAgain = await usageOf(flow, tenant, day);
  if (usageAgain === undefined) return undefined;
  return again
    .filter((counter) => suspects.some(({ key }) => key === counter.key) && differs(counter, usageAgain))
    .map((counter) => ({ counter, actual: usageAgain.get(nameOf(counter)) ?? NO_USAGE }));
}

function differs(counter: LimitCounter, usage: ReadonlyMap<string, Usage>): boolean {
  const { usedMinor, count } = usage.get(nameOf(counter)) ?? NO_USAGE;
  return counter.usedMinor !== usedMinor || counter.count !== count;
}

const nameOf = ({ scope, currency }: { readonly scope: string; readonly currency: string }): string =>
  `${currency}#${scope}`;

/** What the payments of a tenant's day count, by currency and scope; undefined when time runs out. */
async function usageOf(
  flow: Flow,
  tenant: string,
  day: string,
): Promise<ReadonlyMap<string, Usage> | undefined> {
  const bounds = { from: `${day}T00:00:00.000Z`, to: `${day}T23:59:59.999Z` };
  const usage = new Map<string, Usage>();
  let after: ListPosition | undefined;
  do {
    if (flow.remainingMs() < STEP_MS) return undefined;
    const page = await flow.services.store.list({ tenant, ...bounds, limit: PAGE_SIZE, after });
    for (const { limitUses = [], currency } of page.items)
      for (const { scope, countedMinor } of limitUses) {
        const name = nameOf({ scope, currency });
        const { usedMinor, count } = usage.get(name) ?? NO_USAGE;
        usage.set(name, { usedMinor: usedMinor + countedMinor, count: count + Math.sign(countedMinor) });
      }
    after = page.next;
  } while (after !== undefined);
  return usage;
}
