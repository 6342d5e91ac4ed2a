import { exponentOf } from './currencies.ts';
import { formatMajor } from './money.ts';

/** The smallest and the largest amount that is possible, in minor units. */
export interface AmountRange {
  readonly minMinor: number;
  readonly maxMinor: number;
}

/** The members of a refusal that name what is possible, in major units as text and in minor units. */
export function rangeMembers({ minMinor, maxMinor }: AmountRange, currency: string) {
  const major = (minor: number): string => formatMajor(minor, exponentOf(currency) ?? 0);
  return {
    currency: currency.toLowerCase(),
    minAmount: major(minMinor),
    minAmountMinor: minMinor,
    maxAmount: major(maxMinor),
    maxAmountMinor: maxMinor,
  };
}
