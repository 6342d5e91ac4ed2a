import { exponentOf } from '../domain/currencies.ts';
import { type ParsedAmount, formatMajor, parseMajor, parseMinor } from '../domain/money.ts';
import { problem } from '../errors.ts';
import type { PaymentProvider } from '../providers/provider.ts';

/** An amount as the client gave it: in major or in minor units, not both. */
export interface AmountInput {
  readonly amount?: number | string | undefined;
  readonly amountMinor?: number | undefined;
}

/**
 * The amount in minor units, or `undefined` when none was given. @throws ProblemError 400 or 422, before any
 * call goes out
 */
export function readAmount(
  input: AmountInput,
  currency: string,
  provider: PaymentProvider,
): number | undefined {
  const exponent = exponentOf(currency);
  const step = provider.stepMinor(currency);
  if (exponent === undefined || step === undefined) {
    throw problem('currency-unsupported', {
      extensions: { currency: currency.toLowerCase(), provider: provider.name },
    });
  }
  const parsed = parse(input, exponent, step);
  return parsed === undefined ? undefined : accept(parsed, exponent);
}

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

function accept(parsed: ParsedAmount, exponent: number): number {
  switch (parsed.kind) {
    case 'exact':
      return parsed.amountMinor;
    case 'malformed':
      throw problem('invalid-request', {
        detail: 'The amount must be a positive decimal without sign or exponent.',
      });
    case 'out-of-range':
      throw problem('limit-exceeded', { detail: 'An amount may have at most 12 digits in minor units.' });
    case 'imprecise': {
      const nearestAmounts = parsed.nearestMinor.map((minor) => formatMajor(minor, exponent));
      throw problem('amount-precision', {
        extensions: { nearestAmounts, nearestAmountsMinor: parsed.nearestMinor },
      });
    }
  }
}
