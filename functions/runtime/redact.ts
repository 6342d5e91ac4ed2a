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
    .replaceAll(CARD_NUMBER, (digits) => (luhn(digits.replaceAll(/\D/g, '')) ? '[redacted]' : digits));
}

/** Replacer for `JSON.stringify`: hides members named like secrets, and secrets inside of texts. */
export function redactingReplacer(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return SECRET_NAME.test(key) ? '[redacted]' : redactText(value);
}

/** Checksum of card numbers (ISO/IEC 7812-1): tells them from ordinary ids and times. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
