const DIGIT_GROUPS = /\d+(?:[ .-]\d+)*/g;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const PAN_DIGITS_MIN = 13;
const PAN_DIGITS_MAX = 19;

/**
 * True when any string inside holds what looks like a card number: 13 to 19 digits, grouped or not, that pass
 * Luhn's check.
 */
export function holdsCardNumber(value: unknown): boolean {
  if (typeof value === 'string') return textHoldsCardNumber(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => textHoldsCardNumber(key) || holdsCardNumber(member));
}

function textHoldsCardNumber(text: string): boolean {
  for (const [chain] of text.replaceAll(UUID, '').matchAll(DIGIT_GROUPS)) {
    if (chainHoldsCardNumber(chain.split(/[ .-]/))) return true;
  }
  return false;
}

function chainHoldsCardNumber(groups: readonly string[]): boolean {
  for (let start = 0; start < groups.length; start += 1) {
    let digits = '';
    for (let end = start; end < groups.length && digits.length < PAN_DIGITS_MAX; end += 1) {
      digits += groups[end] ?? '';
      if (digits.length >= PAN_DIGITS_MIN && digits.length <= PAN_DIGITS_MAX && passesLuhn(digits))
        return true;
    }
  }
  return false;
}

function passesLuhn(digits: string): boolean {
  if (/^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits.at(-1 - i));
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
