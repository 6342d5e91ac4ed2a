import { textHoldsCardNumber } from '#runtime/card-number.ts';

/**
 * True when any string inside holds what looks like a card number: 13 to 19 digits of any script, grouped or
 * not, that begin like one and pass Luhn's check.
 */
export function holdsCardNumber(value: unknown): boolean {
  if (typeof value === 'string') return textHoldsCardNumber(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => textHoldsCardNumber(key) || holdsCardNumber(member));
}
