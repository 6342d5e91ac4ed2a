import { type ProviderCommand, isOpen } from '../../engine/model/provider-command.ts';
import type { Customer } from '../../customers/model/customer.ts';
import type { Subscription } from '../../subscriptions/model/subscription.ts';
import { hasEnded } from '../../subscriptions/model/subscription-status.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CUSTOMER_CHECK_MS = 7 * DAY_MS;
const REVIEW_AFTER_MS = 7 * DAY_MS;

/** When an open command is checked next, epoch milliseconds: with growing intervals, and no longer after a week. */
function nextOfCall(call: ProviderCommand, nowMs: number): number | undefined {
  // By the age of the command, because each attempt updates the object.
  const ageMs = nowMs - Date.parse(call.createdAt);
  if (ageMs > REVIEW_AFTER_MS) return undefined;
  const waitMs = Math.min(Math.max(ageMs, MINUTE_MS), DAY_MS);
  return Math.max(nowMs, call.lockUntil) + waitMs;
}

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/**
 * When the reconciler checks a customer next, ISO 8601: while a command is open, then weekly, to find changes at
 * the provider that no webhook reported.
 */
export function nextCustomerCheck({ call, ref, status }: Customer, now: Date): string | undefined {
  const nowMs = now.getTime();
  if (isOpen(call)) return iso(nextOfCall(call, nowMs));
  return status === 'active' && ref !== undefined ? iso(nowMs + CUSTOMER_CHECK_MS) : undefined;
}

/**
 * When the reconciler checks a subscription next, ISO 8601: while a command is open, then an hour after the end of
 * its period and at least daily, to find charges that no webhook reported.
 */
export function nextSubscriptionCheck(subscription: Subscription, now: Date): string | undefined {
  const { call, status, flags, currentPeriodEnd } = subscription;
  const nowMs = now.getTime();
  if (isOpen(call)) return iso(nextOfCall(call, nowMs));
  if (hasEnded(status) || flags.includes('mismatch')) return undefined;
  const renewedMs = currentPeriodEnd === undefined ? 0 : Date.parse(currentPeriodEnd) + HOUR_MS;
  return iso(renewedMs > nowMs ? Math.min(renewedMs, nowMs + DAY_MS) : nowMs + DAY_MS);
}
