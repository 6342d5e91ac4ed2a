import { type ProviderCommand, isOpen } from '../../engine/model/provider-command.ts';
import type { Customer } from '../../customers/model/customer.ts';
import type { Subscription } from '../../subscriptions/model/subscription.ts';
import { hasEnded } from '../../subscriptions/model/subscription-status.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CUSTOMER_CHECK_MS = 7 * DAY_MS;
const REVIEW_AFTER_MS = 7 * DAY_MS;

/** When a call whose outcome is open is asked about next: ever later, and after a week no more. */
function nextOfCall(call: ProviderCommand, nowMs: number): number | undefined {
  // Not the age of the object, which every try makes new.
  const ageMs = nowMs - Date.parse(call.createdAt);
  if (ageMs > REVIEW_AFTER_MS) return undefined;
  const waitMs = Math.min(Math.max(ageMs, MINUTE_MS), DAY_MS);
  return Math.max(nowMs, call.lockUntil) + waitMs;
}

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/**
 * When the reconciler looks at a customer next, ISO 8601: while a call is open, then weekly, for what was done to
 * it or to its payment methods at the provider and no webhook told of.
 */
export function nextCustomerCheck({ call, ref, status }: Customer, now: Date): string | undefined {
  const nowMs = now.getTime();
  if (isOpen(call)) return iso(nextOfCall(call, nowMs));
  return status === 'active' && ref !== undefined ? iso(nowMs + CUSTOMER_CHECK_MS) : undefined;
}

/**
 * When the reconciler looks at a subscription next, ISO 8601: while a call is open, then an hour after its period
 * has ended and at least daily, for the charges that no webhook told of.
 */
export function nextSubscriptionCheck(subscription: Subscription, now: Date): string | undefined {
  const { call, status, flags, currentPeriodEnd } = subscription;
  const nowMs = now.getTime();
  if (isOpen(call)) return iso(nextOfCall(call, nowMs));
  if (hasEnded(status) || flags.includes('mismatch')) return undefined;
  const renewedMs = currentPeriodEnd === undefined ? 0 : Date.parse(currentPeriodEnd) + HOUR_MS;
  return iso(renewedMs > nowMs ? Math.min(renewedMs, nowMs + DAY_MS) : nowMs + DAY_MS);
}
