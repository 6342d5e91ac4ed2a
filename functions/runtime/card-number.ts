/** Runs of digits with up to two spaces, dashes, dots or underscores between them. */
const DIGIT_GROUPS = /\d+(?:[\s\p{Pd}._]{1,2}\d+)*/gu;
const SEPARATORS = /[\s\p{Pd}._]+/u;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const INVISIBLE = /\p{Cf}/gu;
const PAN_DIGITS_MIN = 13;
const PAN_DIGITS_MAX = 19;

/**
 * True when a text holds a probable card number: 13 to 19 digits of any script, grouped or not, that
 * begin like one and pass Luhn's check (ISO/IEC 7812-1).
 */
export function textHoldsCardNumber(text: string): boolean {
  const plain = text
    .normalize('NFKC')
    .replaceAll(INVISIBLE, '')
    .replaceAll(UUID, 'x')
    .replaceAll(/\p{Nd}/gu, ascii);
  for (const [chain] of plain.matchAll(DIGIT_GROUPS)) {
    if (chainHoldsCardNumber(chain.split(SEPARATORS))) return true;
  }
  return false;
}

/** Decimal digits of every script stand in rows of ten from 0 to 9. */
function ascii(digit: string): string {
  if (digit <= '9') return digit;
  const point = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) value += 1;
  return String(value);
}

function chainHoldsCardNumber(groups: readonly string[]): boolean {
  for (let start = 0; start < groups.length; start += 1) {
    let digits = '';
    for (let end = start; end < groups.length && digits.length < PAN_DIGITS_MAX; end += 1) {
      digits += groups[end] ?? '';
      if (isCardNumber(digits)) return true;
    }
  }
  return false;
}

function isCardNumber(digits: string): boolean {
  const fits = digits.length >= PAN_DIGITS_MIN && digits.length <= PAN_DIGITS_MAX;
  return fits && hasIssuerPrefix(digits) && !/^(\d)\1+$/.test(digits) && passesLuhn(digits);
}

/** No card begins with 0, 1 (but UATP's, of 15 digits) or 20: times and dates do, and are often put into orders. */
function hasIssuerPrefix(digits: string): boolean {
  return digits.startsWith('1') ? digits.length === 15 : !/^(?:0|20)/.test(digits);
}

/** The checksum of card numbers, ISO/IEC 7812-1 annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits.at(-1 - i));
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
