import { describe, expect, it } from 'vitest';
import { amountBounds } from '../../../../../../plugins/payment/providers/stripe/amount-bounds.ts';
import { stepMinor, toStripeUnit } from '../../../../../../plugins/payment/providers/stripe/currencies.ts';
import { checkAmount } from '../../../../../../plugins/payment/sandbox/stripe/intents/currencies.ts';

const currencies = [
  'usd',
  'eur',
  'gbp',
  'jpy',
  'krw',
  'huf',
  'isk',
  'ugx',
  'mga',
  'kwd',
  'omr',
  'idr',
  'thb',
  'clp',
];

describe('what one payment may come to at Stripe', () => {
  it.each(currencies)('is told for %s as the sandbox takes it, to the step', (currency) => {
    const { minMinor = stepMinor(currency) ?? 0, maxMinor = 0 } = amountBounds(currency);
    const step = stepMinor(currency) ?? 0;
    const take = (amountMinor: number) => () => checkAmount(toStripeUnit(amountMinor, currency), currency);
    expect(take(minMinor)).not.toThrow();
    expect(take(maxMinor)).not.toThrow();
    expect(take(maxMinor + step)).toThrow('Amount must be no more than');
    if (minMinor > step) expect(take(minMinor - step)).toThrow('Amount must be at least');
  });

  it('is twelve digits for rupiah, eight for all others, and unknown for what Stripe does not offer', () => {
    expect(amountBounds('IDR')).toEqual({ maxMinor: 999_999_999_999 });
    expect(amountBounds('usd')).toEqual({ minMinor: 50, maxMinor: 99_999_999 });
    expect(amountBounds('iqd')).toEqual({});
  });
});
