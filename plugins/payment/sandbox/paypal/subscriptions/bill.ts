import type { PlanRecord, SubscriptionRecord } from '../store/subscription-records.ts';
import type { World } from '../world.ts';
import { isoTime } from '../world.ts';
import { charge } from './charge.ts';
import { emitSubscription } from './events.ts';
import { addPeriods } from './periods.ts';
import { saveSubscription } from './save.ts';

/** A charge that failed is tried again after five days, twice, unless the next one comes first. */
const RETRY_AFTER_MS = 5 * 24 * 3_600_000;
const RETRIES_MAX = 2;

/** Does what is due of an active subscription: a charge that failed before, the next period, or its end. */
export function bill(world: World, id: string): void {
  const subscription = world.store.get('subscription', id);
  const plan = world.store.get('plan', subscription?.planId ?? '');
  if (subscription?.status !== 'ACTIVE' || !plan) return;
  const { lastFailure, nextAt, retry } = subscription;
  if (retry) return again(world, plan, subscription, lastFailure?.retryAt ?? subscription.updatedAt);
  if (nextAt !== undefined) return next(world, plan, subscription, nextAt);
  emitSubscription(world, 'EXPIRED', saveSubscription(world, subscription, { status: 'EXPIRED' }));
}

/** Sets the alarm for what is due next. */
export function schedule(
  world: World,
  { cycleFrom, id, lastFailure, nextAt, retry }: SubscriptionRecord,
): void {
  const dueAt = (retry === undefined ? undefined : lastFailure?.retryAt) ?? nextAt ?? cycleFrom;
  world.store.put('job', id, { kind: 'bill-subscription', ref: id, dueAtMs: Date.parse(dueAt) });
}

/** Where billing stands after one more period; without a next one, `cycleFrom` is the end of it all. */
export function advance(plan: PlanRecord, subscription: SubscriptionRecord) {
  const { cycle, cycleFrom } = subscription;
  const current = plan.cycles[cycle];
  if (!current) return { cycle, cycleFrom, periods: 0, nextAt: undefined };
  const periods = subscription.periods + 1;
  const nextAt = addPeriods(cycleFrom, current, periods);
  if (current.totalCycles === 0 || periods < current.totalCycles)
    return { cycle, cycleFrom, periods, nextAt };
  const goesOn = plan.cycles[cycle + 1] !== undefined;
  return { cycle: cycle + 1, cycleFrom: nextAt, periods: 0, nextAt: goesOn ? nextAt : undefined };
}

function next(world: World, plan: PlanRecord, subscription: SubscriptionRecord, at: string): void {
  const { cycle, outstandingMinor, quantity } = subscription;
  const priceMinor = (plan.cycles[cycle]?.priceMinor ?? 0) * quantity;
  const amountMinor = priceMinor + (plan.autoBillOutstanding ? outstandingMinor : 0);
  const moved = saveSubscription(world, subscription, {
    ...advance(plan, subscription),
    outstandingMinor: outstandingMinor + priceMinor,
  });
  attempt(world, plan, moved, { amountMinor, at, cycle, times: 0 });
}

function again(world: World, plan: PlanRecord, subscription: SubscriptionRecord, at: string): void {
  const { retry, ...rest } = subscription;
  if (retry) attempt(world, plan, rest, { ...retry, at });
}

interface Attempt {
  readonly amountMinor: number;
  readonly at: string;
  readonly cycle: number;
  readonly times: number;
}

function attempt(world: World, plan: PlanRecord, subscription: SubscriptionRecord, what: Attempt): void {
  const { amountMinor, at, cycle } = what;
  const tried = charge(world, plan, subscription, { amountMinor, at });
  if (!tried.paid) return fail(world, plan, tried.subscription, what);
  const { completed, outstandingMinor } = tried.subscription;
  const paid = saveSubscription(world, tried.subscription, {
    completed: completed.map((count, index) => (index === cycle ? count + 1 : count)),
    outstandingMinor: Math.max(0, outstandingMinor - amountMinor),
    failures: 0,
    retry: undefined,
  });
  schedule(world, paid);
}

function fail(world: World, plan: PlanRecord, subscription: SubscriptionRecord, what: Attempt): void {
  const { amountMinor, at, cycle, times } = what;
  const failures = subscription.failures + 1;
  const suspends = plan.failureThreshold > 0 && failures >= plan.failureThreshold;
  const retryAt = isoTime(Date.parse(at) + RETRY_AFTER_MS);
  const retries =
    !suspends && times < RETRIES_MAX && retryAt < (subscription.nextAt ?? subscription.cycleFrom);
  const failed = saveSubscription(world, subscription, {
    failures,
    lastFailure: { amountMinor, at, retryAt: retries ? retryAt : undefined },
    retry: retries ? { amountMinor, cycle, times: times + 1 } : undefined,
  });
  emitSubscription(world, 'PAYMENT.FAILED', failed);
  if (!suspends) return schedule(world, failed);
  world.store.delete('job', failed.id);
  emitSubscription(world, 'SUSPENDED', saveSubscription(world, failed, { status: 'SUSPENDED' }));
}
