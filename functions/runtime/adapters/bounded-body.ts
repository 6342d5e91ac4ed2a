import { platformProblem } from '../contract/errors.ts';

const MAX_BODY_BYTES = 1_048_576;
const MAX_DEPTH = 32;

/** A body as Lambda hands it over. */
interface RawBody {
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}

/** Length of a body in bytes, without decoding it. */
export function bodyBytes({ body, isBase64Encoded }: RawBody): number {
  if (!body) return 0;
  if (!isBase64Encoded) return Buffer.byteLength(body);
  const padding = body.endsWith('==') ? 2 : body.endsWith('=') ? 1 : 0;
  return Math.floor((body.length * 3) / 4) - padding;
}

/**
 * The text of a body that the parser may be given, once its size and nesting are known to be bounded.
 * @throws ProblemError 413 `payload-too-large`, 400 `invalid-request`
 */
export function boundedText(raw: RawBody): { readonly text: string; readonly inexact: string | undefined } {
  if (bodyBytes(raw) > MAX_BODY_BYTES) {
    throw platformProblem('payload-too-large', { detail: `A body may have ${MAX_BODY_BYTES} bytes.` });
  }
  const text = raw.isBase64Encoded
    ? Buffer.from(raw.body ?? '', 'base64').toString('utf8')
    : (raw.body ?? '');
  return { text, inexact: scan(text) };
}

/** A JSON number, where one begins. */
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads the structure before the parser does: a reviver walks the nesting with the stack, and never sees the digits
 * that a number had. @returns the member with the first number that a double cannot hold exactly
 * @throws ProblemError 400 `invalid-request` for a body that is nested too deep
 */
function scan(text: string): string | undefined {
  let depth = 0;
  let member = '';
  let lastString = '';
  let inexact: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (char === '"') {
      const end = endOfString(text, i);
      lastString = text.slice(i + 1, end);
      i = end;
    } else if (char === ':') member = lastString;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    else if (char === '-' || (char >= '0' && char <= '9')) {
      NUMBER.lastIndex = i;
      const literal = NUMBER.exec(text)?.[0] ?? char;
      if (!isExact(literal, Number(literal))) inexact ??= member;
      i += literal.length - 1;
    }
    if (depth > MAX_DEPTH) {
      throw platformProblem('invalid-request', {
        detail: `The body is nested deeper than ${MAX_DEPTH} levels.`,
      });
    }
  }
  return inexact;
}

/** Index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

/** Whether the literal and the double that came of it are the same decimal number. */
function isExact(source: string, value: number): boolean {
  const shortest = String(value);
  return source === shortest || (Number.isFinite(value) && normalized(source) === normalized(shortest));
}

/** Sign, digits without surrounding zeros, and power of ten: equal for `1.50`, `15e-1` and `1.5`. */
function normalized(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
