import { unprocessable } from './api/errors.ts';

/** An amount on the wire. */
export interface Money {
  readonly currency_code: string;
  readonly value: string;
}

const WITHOUT_DECIMALS: readonly string[] = ['HUF', 'JPY', 'TWD'];
const CURRENCIES: ReadonlySet<string> = new Set([
  ...WITHOUT_DECIMALS,
  ...'AUD BRL CAD CNY CZK DKK EUR HKD ILS MYR MXN NZD NOK PHP PLN GBP SGD SEK CHF THB USD'.split(' '),
]);
const MINOR_MAX = 999_999_999;

const decimalsOf = (currency: string): number => (WITHOUT_DECIMALS.includes(currency) ? 0 : 2);

/** The amount in minor units, or PayPal's refusal; `field` is the amount's place in the body. */
export function minorOf({ currency_code: currency, value }: Money, field: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) throw unprocessable('INVALID_CURRENCY_CODE', `${field}/currency_code`);
  if (!CURRENCIES.has(currency)) throw unprocessable('CURRENCY_NOT_SUPPORTED', `${field}/currency_code`);
  const [whole = '', fraction = ''] = value.replace('-', '').split('.');
  const decimals = decimalsOf(currency);
  if (decimals === 0 && value.includes('.')) throw unprocessable('DECIMALS_NOT_SUPPORTED', `${field}/value`);
  if (fraction.length > decimals) throw unprocessable('DECIMAL_PRECISION', `${field}/value`);
  const minor = Number(`${whole}${fraction.padEnd(decimals, '0')}`);
  if (value.startsWith('-') || minor === 0)
    throw unprocessable('CANNOT_BE_ZERO_OR_NEGATIVE', `${field}/value`);
  if (minor > MINOR_MAX) throw unprocessable('MAX_VALUE_EXCEEDED', `${field}/value`);
  return minor;
}

/** Minor units as an amount on the wire. */
export function moneyOf(amountMinor: number, currency: string): Money {
  const decimals = decimalsOf(currency);
  const digits = String(amountMinor).padStart(decimals + 1, '0');
  const value = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return { currency_code: currency, value };
}
