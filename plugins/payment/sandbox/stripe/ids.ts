import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A random run of letters and digits. */
export function randomText(length: number): string {
  let text = '';
  while (text.length < length) text += ALPHABET[randomInt(ALPHABET.length)];
  return text;
}

/** A new object id in Stripe's form, for example `pi_3…`. */
export function newId(prefix: string): string {
  return `${prefix}_${prefix === 'req' ? '' : '3'}${randomText(prefix === 'req' ? 14 : 23)}`;
}
