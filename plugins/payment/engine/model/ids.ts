import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

/** The prefix of an id: payment, operation, refund, customer, payment method, subscription. */
export type IdPrefix = 'pay' | 'op' | 'rf' | 'cus' | 'pm' | 'sub';

/** Prefixed ids that sort by time: 50 bits of milliseconds, then 80 random bits, in Crockford's base 32. */
export function createId(prefix: IdPrefix, nowMs: number): string {
  let time = '';
  let rest = nowMs;
  for (let i = 0; i < TIME_CHARS; i += 1) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  const random = Array.from(randomBytes(RANDOM_CHARS), (byte) => ALPHABET.charAt(byte % 32)).join('');
  return `${prefix}_${time}${random}`;
}

/** Whether a text has the form of an id with this prefix. */
export function isId(prefix: IdPrefix, text: unknown): text is string {
  return (
    typeof text === 'string' &&
    text.startsWith(`${prefix}_`) &&
    /^[0-9a-hjkmnp-tv-z]{26}$/.test(text.slice(prefix.length + 1))
  );
}

/** Whether a text has the form of a payment id. */
export const isPaymentId = (text: unknown): text is string => isId('pay', text);
