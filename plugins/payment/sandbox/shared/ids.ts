import { randomInt } from 'node:crypto';

const UPPER = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MIXED = `${UPPER}abcdefghijklmnopqrstuvwxyz`;

/** A random run of digits and letters; `upper` leaves the small letters out. */
export function randomText(length: number, alphabet: 'mixed' | 'upper' = 'mixed'): string {
  const letters = alphabet === 'upper' ? UPPER : MIXED;
  let text = '';
  while (text.length < length) text += letters[randomInt(letters.length)];
  return text;
}

/** A new id of the sandbox's own bookkeeping, such as `whd_…` of a delivery. */
export function recordId(prefix: string): string {
  return `${prefix}_${randomText(20)}`;
}
