/** A number as JSON and GraphQL write it. Three digits of exponent are more than a double has. */
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/;

/** The same number without its exponent, digit for digit: `1.5e-7` becomes `0.00000015`. Any other text stays as it is. */
export function plainDecimal(literal: string): string {
  const match = NUMBER.exec(literal);
  if (match === null) return literal;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  const padded = point > 0 ? digits.padEnd(point, '0') : '0'.repeat(1 - point) + digits;
  const at = Math.max(point, 1);
  const decimals = padded.slice(at);
  return `${sign}${padded.slice(0, at).replace(/^0+(?=\d)/, '')}${decimals && `.${decimals}`}`;
}
