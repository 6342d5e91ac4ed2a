import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies, exponentOf } from '../../../../../../plugins/payment/money/currencies.ts';
import { AMOUNT_MINOR_MAX } from '../../../../../../plugins/payment/money/money.ts';
import {
  fromPayPalValue,
  stepMinor,
  toPayPalValue,
} from '../../../../../../plugins/payment/providers/paypal/currencies.ts';

const OFFERED =
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(
    ' ',
  );

describe('PayPal currencies', () => {
  it('are the listed ones, in any case', () => {
    expect(currencies.filter((currency) => stepMinor(currency) !== undefined).toSorted()).toEqual(OFFERED);
    expect(stepMinor('usd')).toBe(1);
    expect(stepMinor('zzz')).toBeUndefined();
  });

  it.each([
    ['usd', 1050, '10.50'],
    ['usd', 1, '0.01'],
    ['eur', 100, '1.00'],
    ['jpy', 500, '500'],
    ['huf', 50_000, '500'],
    ['twd', 100, '1'],
  ])('%s %i minor units are %s', (currency, minor, value) => {
    expect(toPayPalValue(minor, currency)).toBe(value);
    expect(fromPayPalValue(value, currency)).toBe(minor);
  });

  it.each([
    ['huf', 50],
    ['twd', 101],
    ['kwd', 1000],
  ])('%s cannot carry %i', (currency, minor) => {
    expect(() => toPayPalValue(minor, currency)).toThrow(RangeError);
  });

  it.each([
    ['usd', '1.005'],
    ['jpy', '1.5'],
    ['usd', '-1.00'],
    ['usd', '1e3'],
    ['usd', ''],
    ['zzz', '1.00'],
  ])('%s %s is refused when it comes from PayPal', (currency, value) => {
    expect(() => fromPayPalValue(value, currency)).toThrow(RangeError);
  });

  it('reads zero and decimals that PayPal adds', () => {
    expect(fromPayPalValue('0.00', 'usd')).toBe(0);
    expect(fromPayPalValue('500.00', 'huf')).toBe(50_000);
    expect(fromPayPalValue('500.0', 'jpy')).toBe(500);
  });

  it.each(OFFERED)('%s goes there and back exactly, for every amount that it can carry', (currency) => {
    const step = stepMinor(currency) ?? 0;
    expect(step).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Math.floor(AMOUNT_MINOR_MAX / step) }), (count) => {
        const value = toPayPalValue(count * step, currency);
        expect(value).toMatch(step === 1 && exponentOf(currency) === 2 ? /^\d+\.\d\d$/ : /^\d+$/);
        expect(fromPayPalValue(value, currency)).toBe(count * step);
      }),
    );
  });
});
