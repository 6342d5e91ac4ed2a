import { type Account, isoTime } from '../account.ts';
import { newId } from '../ids.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { PlanRecord, SubscriptionRecord } from '../store/subscription-records.ts';
import { emitSubscription, saveSubscription } from './events.ts';
import { emitSaleCompleted } from './sale-view.ts';
import { addPeriods } from './view.ts';

/** A charge that failed is tried again after five days, twice, unless the next one comes first. */
const RETRY_AFTER_MS = 5 * 24 * 3_600_000;
const RETRIES_MAX = 2;

/** The next step of an active subscription: a retry of a failed charge, the next period, or its expiry. */
export function billSubscription(account: Account, id: string): void {
  const subscription = account.store.get('subscription', id);
  const plan = account.store.get('plan', subscription?.planId ?? '');
  if (subscription?.status !== 'ACTIVE' || !plan) return;
  const { lastFailure, nextAt, retry } = subscription;
  if (retry) return retryBilling(account, plan, subscription, lastFailure?.retryAt ?? subscription.updatedAt);
  if (nextAt !== undefined) return billPeriod(account, plan, subscription, nextAt);
  emitSubscription(account, 'EXPIRED', saveSubscription(account, subscription, { status: 'EXPIRED' }));
}

/** Schedules the next step. */
export function scheduleBilling(
  account: Account,
  { cycleFrom, id, lastFailure, nextAt, retry }: SubscriptionRecord,
): void {
  const dueAt = (retry === undefined ? undefined : lastFailure?.retryAt) ?? nextAt ?? cycleFrom;
  account.store.put('job', id, { kind: 'bill-subscription', ref: id, dueAtMs: Date.parse(dueAt) });
}

/** Where billing stands after one more period; without a next one, `cycleFrom` is the end of it all. */
export function nextPeriodOf(plan: PlanRecord, subscription: SubscriptionRecord) {
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

function billPeriod(account: Account, plan: PlanRecord, subscription: SubscriptionRecord, at: string): void {
  const { cycle, outstandingMinor, quantity } = subscription;
  const priceMinor = (plan.cycles[cycle]?.priceMinor ?? 0) * quantity;
  const amountMinor = priceMinor + (plan.autoBillOutstanding ? outstandingMinor : 0);
  const moved = saveSubscription(account, subscription, {
    ...nextPeriodOf(plan, subscription),
    outstandingMinor: outstandingMinor + priceMinor,
  });
  attemptCharge(account, plan, moved, { amountMinor, at, cycle, times: 0 });
}

function retryBilling(
  account: Account,
  plan: PlanRecord,
  subscription: SubscriptionRecord,
  at: string,
): void {
  const { retry, ...rest } = subscription;
  if (retry) attemptCharge(account, plan, rest, { ...retry, at });
}

interface Attempt {
  readonly amountMinor: number;
  readonly at: string;
  readonly cycle: number;
  readonly times: number;
}

function attemptCharge(
  account: Account,
  plan: PlanRecord,
  subscription: SubscriptionRecord,
  what: Attempt,
): void {
  const { amountMinor, at, cycle } = what;
  const tried = chargeSubscriber(account, plan, subscription, { amountMinor, at });
  if (!tried.paid) return recordFailedCharge(account, plan, tried.subscription, what);
  const { completed, outstandingMinor } = tried.subscription;
  const paid = saveSubscription(account, tried.subscription, {
    completed: completed.map((count, index) => (index === cycle ? count + 1 : count)),
    outstandingMinor: Math.max(0, outstandingMinor - amountMinor),
    failures: 0,
    retry: undefined,
  });
  scheduleBilling(account, paid);
}

function recordFailedCharge(
  account: Account,
  plan: PlanRecord,
  subscription: SubscriptionRecord,
  what: Attempt,
): void {
  const { amountMinor, at, cycle, times } = what;
  const failures = subscription.failures + 1;
  const suspends = plan.failureThreshold > 0 && failures >= plan.failureThreshold;
  const retryAt = isoTime(Date.parse(at) + RETRY_AFTER_MS);
  const retries =
    !suspends && times < RETRIES_MAX && retryAt < (subscription.nextAt ?? subscription.cycleFrom);
  const failed = saveSubscription(account, subscription, {
    failures,
    lastFailure: { amountMinor, at, retryAt: retries ? retryAt : undefined },
    retry: retries ? { amountMinor, cycle, times: times + 1 } : undefined,
  });
  emitSubscription(account, 'PAYMENT.FAILED', failed);
  if (!suspends) return scheduleBilling(account, failed);
  account.store.delete('job', failed.id);
  emitSubscription(account, 'SUSPENDED', saveSubscription(account, failed, { status: 'SUSPENDED' }));
}

/** Charges a subscriber at that time, which makes a sale, unless the next charges are to fail. */
export function chargeSubscriber(
  account: Account,
  plan: PlanRecord,
  subscription: SubscriptionRecord,
  { amountMinor, at }: { readonly amountMinor: number; readonly at: string },
): { readonly paid: boolean; readonly subscription: SubscriptionRecord } {
  if (amountMinor === 0) return { paid: true, subscription };
  if (subscription.failNext > 0) {
    const failNext = subscription.failNext - 1;
    return { paid: false, subscription: saveSubscription(account, subscription, { failNext }) };
  }
  const sale: CaptureRecord = {
    id: newId(),
    subscriptionId: subscription.id,
    status: 'COMPLETED',
    final: true,
    currency: plan.currency,
    amountMinor,
    customId: subscription.customId,
    createdAt: at,
    updatedAt: at,
  };
  account.store.put('capture', sale.id, sale);
  emitSaleCompleted(account, sale);
  const saleIds = [...subscription.saleIds, sale.id];
  const lastPayment = { amountMinor, at };
  return { paid: true, subscription: saveSubscription(account, subscription, { saleIds, lastPayment }) };
}
