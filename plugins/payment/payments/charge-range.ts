import type { LimitsConfig } from '../config.ts';
import type { AmountRange } from '../money/amount-range.ts';
import { boundsFor } from '../limits/model/limits.ts';
import { AMOUNT_MINOR_MAX } from '../money/money.ts';
import type { Payment } from './model/payment.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Flow } from '../services.ts';

/** The amounts possible for one payment: the narrower bounds of the provider and of this deployment. */
export function chargeRange(provider: PaymentProvider, currency: string, limits: LimitsConfig): AmountRange {
  const theirs = provider.amountBounds(currency);
  const ours = boundsFor(limits, currency);
  const stepMinor = provider.stepMinor(currency) ?? 1;
  return {
    minMinor: Math.max(stepMinor, theirs.minMinor ?? 0, ours.minMinor ?? 0),
    maxMinor: Math.min(AMOUNT_MINOR_MAX, theirs.maxMinor ?? Infinity, ours.maxMinor ?? Infinity),
  };
}

/** The same for a payment that exists. */
export async function rangeOf({ services }: Flow, { provider, currency }: Payment): Promise<AmountRange> {
  return chargeRange(await services.provider(provider as ProviderName), currency, services.config.limits);
}
