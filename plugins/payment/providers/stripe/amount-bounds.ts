import type { AmountRange } from '../../money/amount-range.ts';
import { stepMinor, toStripeUnit } from './currencies.ts';

/**
 * The usual minimum charge per settlement currency, in Stripe's units. The real minimum depends on the settlement
 * currency of the account and on the payment method, so this is only named after Stripe has refused an amount.
 * https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
 */
const MINIMUM_UNITS: Readonly<Record<string, number>> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

/** Stripe accepts eight digits of its units, and twelve for Indonesian rupiah. */
const MAXIMUM_UNITS = 99_999_999;
const MAXIMUM_UNITS_IDR = 999_999_999_999;

/** The amount range of one payment at Stripe, in ISO minor units; empty for a currency that it does not support. */
export function amountBounds(currency: string): Partial<AmountRange> {
  const code = currency.toLowerCase();
  const step = stepMinor(code);
  if (step === undefined) return {};
  const unitsOfStep = toStripeUnit(step, code);
  const inMinor = (units: number, round: (steps: number) => number): number =>
    round(units / unitsOfStep) * step;
  const minimum = MINIMUM_UNITS[code];
  return {
    ...(minimum !== undefined && { minMinor: inMinor(minimum, Math.ceil) }),
    maxMinor: inMinor(code === 'idr' ? MAXIMUM_UNITS_IDR : MAXIMUM_UNITS, Math.floor),
  };
}
