import { type AmountRange, rangeMembers } from '../money/amount-range.ts';
import { exponentOf } from '../money/currencies.ts';
import { AMOUNT_MINOR_MAX, type ParsedAmount, formatMajor, parseMajor, parseMinor } from '../money/money.ts';
import { problem } from '../errors.ts';
import type { PaymentProvider } from '../providers/provider.ts';

/** An amount as the client gave it: in major or in minor units, not both. */
export interface AmountInput {
  readonly amount?: number | string | undefined;
  readonly amountMinor?: number | undefined;
}

/**
 * The amount in minor units; undefined when none was given. An amount above `maxMinor` is rejected with `range`,
 * the possible amounts.
 * @throws ProblemError 400 or 422, before any provider call
 */
export function readAmount(
  input: AmountInput,
  currency: string,
  provider: PaymentProvider,
  range: AmountRange,
  maxMinor = AMOUNT_MINOR_MAX,
): number | undefined {
  const exponent = exponentOf(currency);
  const step = provider.stepMinor(currency);
  if (exponent === undefined || step === undefined) {
    throw problem('currency-unsupported', {
      extensions: { currency: currency.toLowerCase(), provider: provider.name },
    });
  }
  const parsed = parse(input, exponent, step);
  if (parsed === undefined) return undefined;
  const amountMinor = accept(parsed, exponent);
  if (amountMinor !== undefined && amountMinor <= maxMinor) return amountMinor;
  const named = rangeMembers(range, currency);
  throw problem('limit-exceeded', {
    detail: `The amount may be at most ${named.maxAmount} ${named.currency}.`,
    extensions: { limit: 'maxAmount', capMinor: range.maxMinor, ...named },
  });
}

/** The same for a part of an amount; more is parsed too, and is for the caller to reject. */
export const readAmountUpTo = (
  maxMinor: number,
  input: AmountInput,
  currency: string,
  provider: PaymentProvider,
): number | undefined =>
  readAmount(input, currency, provider, { minMinor: provider.stepMinor(currency) ?? 1, maxMinor });

function parse(
  { amount, amountMinor }: AmountInput,
  exponent: number,
  step: number,
): ParsedAmount | undefined {
  if (amount !== undefined && amountMinor !== undefined) {
    throw problem('invalid-request', { detail: 'Give amount or amountMinor, not both.' });
  }
  if (amountMinor !== undefined) return parseMinor(amountMinor, step);
  return amount === undefined ? undefined : parseMajor(amount, exponent, step);
}

/** The amount, or `undefined` for one of more digits than any amount may have. */
function accept(parsed: ParsedAmount, exponent: number): number | undefined {
  switch (parsed.kind) {
    case 'exact':
      return parsed.amountMinor;
    case 'malformed':
      throw problem('invalid-request', {
        detail: 'The amount must be a positive decimal without sign or exponent.',
      });
    case 'out-of-range':
      return undefined;
    case 'imprecise': {
      const nearestAmounts = parsed.nearestMinor.map((minor) => formatMajor(minor, exponent));
      throw problem('amount-precision', {
        extensions: { nearestAmounts, nearestAmountsMinor: parsed.nearestMinor },
      });
    }
  }
}
