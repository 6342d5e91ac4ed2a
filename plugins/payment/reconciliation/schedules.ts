import { type Schedule, type ScheduleContext, schedule } from '#runtime/contract/schedule.ts';
import type { Flow } from '../services.ts';
import type { Services } from '../services.ts';
import { reconcileDue } from './reconcile-due.ts';
import { fetchMissed } from './missed-events.ts';
import { compareLedgers } from './ledger.ts';
import { recomputeLimits } from './limit-counters.ts';
import { watchHealth } from './provider-health.ts';

const ACTOR = 'reconciler';

/** The flow of one run: the cause of its changes names the schedule and its time. */
function flowOf({ schedule: name, scheduledAt, ...context }: ScheduleContext<Services>): Flow {
  const id = `${name}:${scheduledAt.toISOString()}`;
  return { ...context, cause: { kind: 'reconciler', id }, actor: ACTOR };
}

export const due: Schedule<Services> = schedule({
  summary: 'Reconciles every payment whose next check is due with its provider',
  async run(context) {
    const tally = await reconcileDue(flowOf(context));
    for (const [outcome, items] of Object.entries(tally)) {
      context.log.count('payment.reconciled', items, { by: { outcome } });
    }
    return { ...tally };
  },
});

export const gaps: Schedule<Services> = schedule({
  summary:
    "Fetches the providers' events that no webhook delivered, and publishes changes of a provider's health",
  async run(context) {
    const flow = flowOf(context);
    const missed = await fetchMissed(flow);
    await watchHealth(flow);
    return flat(missed);
  },
});

export const ledger: Schedule<Services> = schedule({
  summary: "Compares the providers' ledgers of a day, and the limit counters, with the recorded payments",
  async run(context) {
    const flow = flowOf(context);
    const ledgers = await compareLedgers(flow);
    return { ...flat(ledgers), ...(await recomputeLimits(flow)) };
  },
});

/** `{stripe: {events: 2}}` -> `{'stripe.events': 2}`. */
function flat<T extends object>(results: Readonly<Record<string, T>>) {
  return Object.fromEntries(
    Object.entries(results).flatMap(([name, result]) =>
      Object.entries(result).map(([key, value]) => [`${name}.${key}`, value as number | string | boolean]),
    ),
  );
}
