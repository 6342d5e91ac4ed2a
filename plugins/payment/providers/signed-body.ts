import { problem } from '../errors.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Decodes a body. A leading byte order mark is part of the signed bytes, and ignored when the text is parsed (RFC
 * 8259, section 8.1).
 */
export function bodyText(rawBody: Buffer): string {
  const text = rawBody.toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
}

/**
 * The object in a body whose signature was verified; every member may still be missing or of any type.
 * @throws ProblemError 400 `webhook-unusable` when it is not a JSON object
 */
export function signedBody<T extends object>(rawBody: Buffer): Partial<T> {
  try {
    const event: unknown = JSON.parse(bodyText(rawBody));
    if (typeof event === 'object' && event !== null) return event;
  } catch (error) {
    throw problem('webhook-unusable', { detail: 'The signed body is not JSON.', cause: error });
  }
  throw problem('webhook-unusable', { detail: 'The signed body is not an object.' });
}
