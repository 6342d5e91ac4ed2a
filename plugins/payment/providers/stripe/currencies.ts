import { exponentOf } from '../../money/currencies.ts';
import { ProviderError } from '../provider-error.ts';

/** Presentment currencies of Stripe. CLF, IQD, LYD and UYW are not among them. */
const OFFERED = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp ' +
    'byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip ' +
    'gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt ' +
    'lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr ' +
    'nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd ' +
    'std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf ' +
    'yer zar zmw'
  ).split(' '),
);

/**
 * Where Stripe's unit is not ISO 4217's: ISK and UGX count hundredths that must be zero, MGA counts whole
 * ariary.
 */
const STRIPE_EXPONENT: Readonly<Record<string, number>> = { isk: 2, ugx: 2, mga: 0 };

/** Stripe refuses a third decimal other than 0. */
const STEP_OF_THREE_DECIMALS = 10;

/** The smallest step Stripe can charge, in ISO minor units, or `undefined` when the currency is not offered. */
export function stepMinor(currency: string): number | undefined {
  const iso = exponentOf(currency);
  if (iso === undefined || !OFFERED.has(currency.toLowerCase())) return undefined;
  const stripe = STRIPE_EXPONENT[currency.toLowerCase()] ?? iso;
  if (iso > stripe) return 10 ** (iso - stripe);
  return iso === 3 ? STEP_OF_THREE_DECIMALS : 1;
}

/** ISO 4217 minor units to Stripe's integer. @throws RangeError when Stripe cannot represent the amount */
export function toStripeUnit(amountMinor: number, currency: string): number {
  const [numerator, denominator] = ratio(currency);
  const scaled = BigInt(amountMinor) * numerator;
  if (scaled % denominator !== 0n)
    throw new RangeError(`${currency} cannot carry ${amountMinor} minor units`);
  return Number(scaled / denominator);
}

/** The same for a request. @throws ProviderError `invalid`: Stripe was not even asked */
export function exactUnit(amountMinor: number, currency: string): number {
  try {
    return toStripeUnit(amountMinor, currency);
  } catch (error) {
    const details = { class: 'invalid', code: 'amount_not_representable', param: 'amount' } as const;
    throw new ProviderError(details, { cause: error });
  }
}

/** The integer that Stripe sends -> ISO minor units. @throws RangeError for a fraction of the minor unit */
export function fromStripeUnit(amount: number, currency: string): number {
  const [numerator, denominator] = ratio(currency);
  const scaled = BigInt(amount) * denominator;
  if (scaled % numerator !== 0n) throw new RangeError(`${currency} has no minor unit for ${amount}`);
  return Number(scaled / numerator);
}

function ratio(currency: string): readonly [numerator: bigint, denominator: bigint] {
  const iso = exponentOf(currency);
  if (iso === undefined) throw new RangeError(`${currency} is not an ISO 4217 currency`);
  const stripe = STRIPE_EXPONENT[currency.toLowerCase()] ?? iso;
  return stripe >= iso ? [10n ** BigInt(stripe - iso), 1n] : [1n, 10n ** BigInt(iso - stripe)];
}
