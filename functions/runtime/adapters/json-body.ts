import { platformProblem } from '../contract/errors.ts';
import { shownName } from '../shown-name.ts';

export const MAX_BODY_BYTES = 1_048_576;
export const MAX_DEPTH = 32;

/** Names that reach an object's prototype when code copies members carelessly. */
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** A body as Lambda hands it over. */
export interface RawBody {
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
 * Reads a body as one JSON object, whatever its content type says (`curl -d` calls it a form); no body is `{}`.
 * @throws ProblemError 400 `malformed-json` or `invalid-request`, 413 `payload-too-large`
 */
export function readJsonObject(raw: RawBody): Record<string, unknown> {
  if (bodyBytes(raw) > MAX_BODY_BYTES) {
    throw platformProblem('payload-too-large', { detail: `A body may have ${MAX_BODY_BYTES} bytes.` });
  }
  const text = raw.isBase64Encoded
    ? Buffer.from(raw.body ?? '', 'base64').toString('utf8')
    : (raw.body ?? '');
  if (text.trim() === '') return {};
  // Before parsing, because a reviver walks the nesting with the stack.
  refuseDeepNesting(text);
  const value = parseExactly(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw platformProblem('invalid-request', { detail: 'The body must be a JSON object.' });
  }
  return value as Record<string, unknown>;
}

function refuseDeepNesting(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    if (depth > MAX_DEPTH) {
      throw platformProblem('invalid-request', {
        detail: `The body is nested deeper than ${MAX_DEPTH} levels.`,
      });
    }
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Parses JSON, but never lets a number lose digits on the way into a double. */
function parseExactly(text: string): unknown {
  const refused: string[] = [];
  let value: unknown;
  try {
    value = parseWithSource(text, (key, member, { source }) => {
      if (FORBIDDEN_NAMES.has(key)) refused.push(`The member name "${key}" is not allowed.`);
      if (typeof member === 'number' && source !== undefined && !isExact(source, member)) {
        refused.push(
          `The number in ${shownName(key)} has more digits than JSON readers keep; send it as a string.`,
        );
      }
      return member;
    });
  } catch (error) {
    throw platformProblem('malformed-json', { cause: error });
  }
  if (refused[0] !== undefined) throw platformProblem('invalid-request', { detail: refused[0] });
  return value;
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
