import { exponentOf } from '../../money/currencies.ts';
import { formatMajor, parseMajor } from '../../money/money.ts';

/** The currencies PayPal takes payments in; BRL, CNY and MYR for accounts of those countries only. */
const OFFERED: ReadonlySet<string> = new Set(
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(
    ' ',
  ),
);

/** PayPal refuses decimals here (DECIMALS_NOT_SUPPORTED), although ISO 4217 gives HUF and TWD two. */
const WHOLE: ReadonlySet<string> = new Set(['HUF', 'JPY', 'TWD']);

/** The smallest step that PayPal accepts, in ISO 4217 minor units; undefined for an unsupported currency. */
export function stepMinor(currency: string): number | undefined {
  const code = currency.toUpperCase();
  const iso = exponentOf(code);
  if (iso === undefined || !OFFERED.has(code)) return undefined;
  return WHOLE.has(code) ? 10 ** iso : 1;
}

/** ISO 4217 minor units to PayPal's decimal text. @throws RangeError when PayPal cannot represent it */
export function toPayPalValue(amountMinor: number, currency: string): string {
  const step = stepMinor(currency);
  if (step === undefined || amountMinor % step !== 0)
    throw new RangeError(`PayPal cannot carry ${amountMinor} minor units of ${currency}`);
  return step === 1 ? formatMajor(amountMinor, exponentOf(currency) ?? 0) : String(amountMinor / step);
}

/** The decimal text that PayPal sends -> ISO minor units. @throws RangeError for what is not exactly that */
export function fromPayPalValue(value: string, currency: string): number {
  const exponent = exponentOf(currency);
  if (exponent !== undefined && /^0(?:\.0+)?$/.test(value)) return 0;
  const parsed = exponent === undefined ? undefined : parseMajor(value, exponent);
  if (parsed?.kind !== 'exact') throw new RangeError(`${currency} has no minor units for that amount`);
  return parsed.amountMinor;
}
