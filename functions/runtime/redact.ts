import { passesLuhn } from './card-number.ts';

const SECRET_NAME = /secret|authorization|password|passwd|api_?key|secretkey|token$|cookie|signature/i;
/** Provider keys and card numbers, wherever they stand in a text. */
const SECRET_TEXT = new RegExp(
  [
    String.raw`\b(?:pi|seti)_\w*secret\w*`,
    String.raw`\b(?:sk|rk)_(?:test|live)_\w+`,
    String.raw`\bwhsec_[\w+/=]+`,
    String.raw`\bBearer\s+[\w.~+/-]+=*`,
    // Access tokens: a JWT's header and claims begin with an encoded brace.
    String.raw`\beyJ[\w-]*\.eyJ[\w-]*\.[\w-]*`,
  ].join('|'),
  'g',
);
const CARD_NUMBER = /\b\d(?:[\s\p{Pd}._]{0,2}\d){12,18}\b/gu;

/** Takes keys and card numbers out of a text that is about to be logged or shown. */
export function redactText(text: string): string {
  return text
    .replaceAll(SECRET_TEXT, '[redacted]')
    .replaceAll(CARD_NUMBER, (digits) => (passesLuhn(digits.replaceAll(/\D/g, '')) ? '[redacted]' : digits));
}

/** Replacer for `JSON.stringify`: hides members named like secrets, and secrets inside of texts. */
export function redactingReplacer(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return SECRET_NAME.test(key) ? '[redacted]' : redactText(value);
}
