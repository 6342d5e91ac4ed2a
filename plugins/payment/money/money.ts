import { plainDecimal } from '#runtime/decimal.ts';

/**
 * The largest amount a payment may have, in minor units: twelve digits, far inside what a JSON number holds
 * exactly.
 */
export const AMOUNT_MINOR_MAX = 999_999_999_999;

/**
 * What became of an amount as a client wrote it. `imprecise` names the nearest amounts that would do, in minor
 * units.
 */
export type ParsedAmount =
  | { readonly kind: 'exact'; readonly amountMinor: number }
  | { readonly kind: 'imprecise'; readonly nearestMinor: readonly number[] }
  | { readonly kind: 'out-of-range' }
  | { readonly kind: 'malformed' };

const DECIMAL = /^(0|[1-9]\d{0,29})(?:\.(\d{1,30}))?$/;

/**
 * Reads an amount in major units (`100`, `"19.99"`) into minor units without arithmetic on floats: a number is
 * taken as the shortest decimal that names it. Texts with an exponent, signs and zero are malformed. `stepMinor` is the
 * smallest difference the provider can carry.
 */
export function parseMajor(value: number | string, exponent: number, stepMinor = 1): ParsedAmount {
  const match = DECIMAL.exec(typeof value === 'number' ? plainDecimal(String(value)) : value);
  if (match === null) return { kind: 'malformed' };
  const [, whole = '0', fraction = ''] = match;
  const kept = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  const lost = /[1-9]/.test(fraction.slice(exponent));
  if (kept === 0n && !lost) return { kind: 'malformed' };
  return represent(kept, lost, BigInt(stepMinor));
}

/**
 * The shortest text of an amount in major units, so that `10`, `10.0` and `"10.00"` are the same request; what is
 * no amount stays as it is.
 */
export function shortestMajor(value: number | string): string {
  const literal = typeof value === 'number' ? plainDecimal(String(value)) : value;
  const [, whole, fraction = ''] = DECIMAL.exec(literal) ?? [];
  if (whole === undefined) return literal;
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? whole : `${whole}.${digits}`;
}

/** Checks an amount given in minor units against the range and the provider's step. */
export function parseMinor(amountMinor: number, stepMinor = 1): ParsedAmount {
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 1) return { kind: 'malformed' };
  return represent(BigInt(amountMinor), false, BigInt(stepMinor));
}

function represent(minor: bigint, lost: boolean, step: bigint): ParsedAmount {
  if (minor > AMOUNT_MINOR_MAX) return { kind: 'out-of-range' };
  const rest = minor % step;
  if (!lost && rest === 0n) return { kind: 'exact', amountMinor: Number(minor) };
  const below = minor - rest;
  const nearestMinor = [below, below + step].filter((n) => n > 0n && n <= AMOUNT_MINOR_MAX).map(Number);
  return { kind: 'imprecise', nearestMinor };
}

/** Minor units as decimal text in major units, with all decimals of the currency: `1050`, 2 -> `"10.50"`. */
export function formatMajor(amountMinor: number, exponent: number): string {
  if (exponent === 0) return String(amountMinor);
  const digits = String(amountMinor).padStart(exponent + 1, '0');
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/**
 * Minor units as a JSON number in major units; exact for every amount up to {@link AMOUNT_MINOR_MAX} (at most
 * 12 digits).
 */
export function toMajorNumber(amountMinor: number, exponent: number): number {
  return Number(formatMajor(amountMinor, exponent));
}
