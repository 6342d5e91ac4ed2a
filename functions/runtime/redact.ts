import { passesLuhn } from './card-number.ts';

const SECRET_NAME = /secret|authorization|password|passwd|api_?key|secretkey|token$|cookie|signature/i;
/** Provider keys and card numbers, wherever they stand in a text. */
const SECRET_TEXT = new RegExp(
  [
    String.raw`\b(?:pi|seti)_\w*secret\w*`,
    String.raw`\b(?:sk|rk)_(?:test|live)_\w+`,
    String.raw`\bwhsec_[\w+/=]+`,
    String.raw`\b(?:Basic|Bearer)\s+[\w.~+/-]{6,}=*`,
    // Access tokens: a JWT's header and claims begin with an encoded brace.
    String.raw`\beyJ[\w-]*\.eyJ[\w-]*\.[\w-]*`,
  ].join('|'),
  'g',
);
const CARD_NUMBER = /\b\d(?:[\s\p{Pd}._]{0,2}\d){12,18}\b/gu;

/** Shorter ones stand in texts that have nothing to do with them. */
const VALUE_CHARS_MIN = 8;
/** Of several configurations: an older one may still be in use. */
const VALUES_MAX = 100;
const values = new Set<string>();
/** A value can be the beginning of another, whose rest would stay. */
let longestFirst: readonly string[] = [];

/** Remembers values of this environment's configuration, which are taken out of every text from here on. */
export function redactValues(secrets: readonly string[]): void {
  for (const secret of secrets) {
    if (secret.length < VALUE_CHARS_MIN) continue;
    // The one that was in force last is forgotten last.
    values.delete(secret);
    values.add(secret);
    const [oldest] = values;
    if (values.size > VALUES_MAX && oldest !== undefined) values.delete(oldest);
  }
  longestFirst = [...values].sort((a, b) => b.length - a.length);
}

function withoutValues(text: string): string {
  let rest = text;
  for (const secret of longestFirst) if (rest.includes(secret)) rest = rest.replaceAll(secret, '[redacted]');
  return rest;
}

/**
 * Takes keys, card numbers and the secrets of the configuration out of a text that is about to be logged or shown.
 */
export function redactText(text: string): string {
  return withoutValues(text)
    .replaceAll(SECRET_TEXT, '[redacted]')
    .replaceAll(CARD_NUMBER, (digits) => (passesLuhn(digits.replaceAll(/\D/g, '')) ? '[redacted]' : digits));
}

/** Replacer for `JSON.stringify`: hides members named like secrets, and secrets inside of texts. */
export function redactingReplacer(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return SECRET_NAME.test(key) ? '[redacted]' : redactText(value);
}
