import { invalid } from '../api/errors.ts';

const SUPPORTED = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf ' +
    'chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf ' +
    'idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop ' +
    'mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd ' +
    'scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof ' +
    'xpf yer zar zmw'
  ).split(' '),
);

/** Smallest charge in minor units, from Stripe's table of minimum amounts. */
const MINIMUM_MINOR: Readonly<Record<string, number>> = {
  usd: 50, aed: 200, aud: 50, bgn: 100, brl: 50, cad: 50, chf: 50, czk: 1500, dkk: 250, eur: 50, gbp: 30,
  hkd: 400, huf: 17500, inr: 50, jpy: 50, mxn: 1000, myr: 200, nok: 300, nzd: 50, pln: 200, ron: 200, sek: 300,
  sgd: 50, thb: 1000,
}; // prettier-ignore

/** Twelve digits for Indonesian rupiah, eight for all others. */
const maximumOf = (currency: string): number => (currency === 'idr' ? 999_999_999_999 : 99_999_999);
const WHOLE_UNITS_ONLY = new Set(['isk', 'ugx']);
const THREE_DECIMALS = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);

/** The currency in lower case, or a refusal. */
export function checkCurrency(currency: string): string {
  const code = currency.toLowerCase();
  if (SUPPORTED.has(code)) return code;
  const list = [...SUPPORTED].join(', ');
  throw invalid(
    `Invalid currency: ${code.slice(0, 20)}. Stripe currently supports these currencies: ${list}`,
    'currency',
  );
}

/** Refuses an amount of minor units that cannot be charged in the currency. */
export function checkAmount(amountMinor: number, currency: string): void {
  if (amountMinor < 1) {
    throw invalid('This value must be greater than or equal to 1.', 'amount', 'parameter_invalid_integer');
  }
  const maximum = maximumOf(currency);
  if (amountMinor > maximum) {
    throw invalid(`Amount must be no more than ${maximum} ${currency}`, 'amount', 'amount_too_large');
  }
  checkMultiple(amountMinor, currency, 'amount');
  const minimum = MINIMUM_MINOR[currency] ?? 1;
  if (amountMinor < minimum) {
    throw invalid(
      `Amount must be at least ${minimum} ${currency} (minor units)`,
      'amount',
      'amount_too_small',
    );
  }
}

/** ISK and UGX are written with two decimals that must be zero; three-decimal currencies end in zero. */
export function checkMultiple(amountMinor: number, currency: string, param: string): void {
  if (WHOLE_UNITS_ONLY.has(currency) && amountMinor % 100 !== 0) {
    const message = `Invalid amount: ${currency} amounts must be a multiple of 100.`;
    throw invalid(message, param, 'invalid_charge_amount_no_decimal_compatible');
  }
  if (THREE_DECIMALS.has(currency) && amountMinor % 10 !== 0) {
    const message = `Invalid amount: the last digit of a ${currency} amount must be 0.`;
    throw invalid(message, param, 'parameter_invalid_integer');
  }
}
