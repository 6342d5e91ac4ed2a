import { limitExceeded } from '#events/catalog/index.ts';
import type { ProblemError } from '#runtime/contract/errors.ts';
import type { Feature, PaymentConfig } from '../config.ts';
import { domainEvent } from '../engine/model/event-envelopes.ts';
import { type AmountRange, rangeMembers } from '../money/amount-range.ts';
import {
  type LimitBreach,
  type LimitReservation,
  boundsFor,
  breachOf,
  exceedsOnItsOwn,
} from './model/limits.ts';
import type { Payment } from '../payments/model/payment.ts';
import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';
import { publishNotice } from '../engine/notices.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { LimitReached } from '../store/records.ts';

/** The 503 for a disabled feature, or undefined. */
export function disabled(config: PaymentConfig, ...features: readonly Feature[]): ProblemError | undefined {
  const off = features.find((feature) => !config.features[feature]);
  return off && problem('feature-disabled', { extensions: { feature: off } });
}

/** The problem with which this deployment rejects a new payment before anything is written: 503 or 422. */
export function forbiddenBy(
  config: PaymentConfig,
  { provider, amountMinor, currency }: Payment,
  reservations: readonly LimitReservation[],
  range: AmountRange,
): ProblemError | undefined {
  const off = disabled(config, 'payments', provider as ProviderName);
  if (off !== undefined) return off;
  const breach = breachOf(boundsFor(config.limits, currency), amountMinor);
  if (breach !== undefined)
    return problem('limit-exceeded', { extensions: { ...breach, ...rangeMembers(range, currency) } });
  const beyond = exceedsOnItsOwn(reservations);
  return beyond && limitProblem(beyond, { usedMinor: 0, count: 0 });
}

/** The 422 for an exhausted daily limit. */
export function limitReached(
  reservations: readonly LimitReservation[],
  { scope, ...used }: LimitReached,
): ProblemError {
  const reservation = reservations.find((each) => each.scope === scope) ?? reservations[0];
  if (reservation === undefined) throw new TypeError('A limit was exceeded without a reservation');
  return limitProblem(reservation, used);
}

function limitProblem(
  { scope, dailyMinor, dailyCount, countedMinor }: LimitReservation,
  { usedMinor, count }: { readonly usedMinor: number; readonly count: number },
): ProblemError {
  const byAmount = dailyMinor !== undefined && usedMinor + countedMinor > dailyMinor;
  const extensions = byAmount
    ? { limit: 'dailyLimit', scope, capMinor: dailyMinor, usedMinor }
    : { limit: 'dailyCount', scope, cap: dailyCount, count };
  return problem('limit-exceeded', { detail: 'The allowance of this day is used up.', extensions });
}

/** Publishes that a limit rejected a payment: many such events may be card testing. */
export async function publishLimitExceeded(
  flow: Flow,
  { id, tenant, amountMinor, currency }: Payment,
  { code, extensions }: ProblemError,
): Promise<void> {
  if (code !== 'limit-exceeded') return;
  const { limit, scope = 'payment', capMinor, cap = capMinor } = extensions;
  flow.log.count('payment.limit_exceeded');
  await publishNotice(
    flow,
    `limit:${id}`,
    domainEvent(limitExceeded, {
      limit: limit as LimitBreach['limit'],
      scope: String(scope),
      attempted: { amountMinor, currency },
      cap: Number(cap),
    }),
    tenant,
  );
}
