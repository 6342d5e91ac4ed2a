import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies } from '../../../../../../plugins/payment/money/currencies.ts';
import {
  fromStripeUnit,
  stepMinor,
  toStripeUnit,
} from '../../../../../../plugins/payment/providers/stripe/currencies.ts';

const offered = currencies.filter((currency) => stepMinor(currency) !== undefined);

describe.each(offered)('%s at Stripe', (currency) => {
  it('comes back as it went, for every amount of its step', () => {
    const step = stepMinor(currency) ?? 1;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (steps) => {
        const amountMinor = steps * step;
        expect(fromStripeUnit(toStripeUnit(amountMinor, currency), currency)).toBe(amountMinor);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the exceptions', () => {
  it.each([
    ['usd', 1050, 1050],
    ['jpy', 500, 500],
    ['isk', 100, 10_000],
    ['ugx', 5, 500],
    ['mga', 1000, 10],
    ['huf', 12_345, 12_345],
    ['kwd', 5120, 5120],
  ])('%s: %i minor units are %i for Stripe', (currency, minor, stripe) => {
    expect(toStripeUnit(minor, currency)).toBe(stripe);
    expect(fromStripeUnit(stripe, currency)).toBe(minor);
  });

  it('knows steps and what is not offered', () => {
    expect(stepMinor('mga')).toBe(100);
    expect(['bhd', 'jod', 'kwd', 'omr', 'tnd'].map(stepMinor)).toEqual([10, 10, 10, 10, 10]);
    expect(['iqd', 'lyd', 'clf', 'uyw', 'zzz'].map(stepMinor)).toEqual(Array.from({ length: 5 }));
  });

  it('never rounds', () => {
    expect(() => toStripeUnit(1050, 'mga')).toThrow(RangeError);
    expect(() => fromStripeUnit(10_050, 'isk')).toThrow(RangeError);
    expect(() => toStripeUnit(1, 'zzz')).toThrow(RangeError);
  });
});
