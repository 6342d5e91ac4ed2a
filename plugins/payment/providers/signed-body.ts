import { problem } from '../errors.ts';

/**
 * The object in a body whose signature was verified; every member may still be missing or of any type.
 * @throws ProblemError 400 `webhook-unusable` when it is not a JSON object
 */
export function signedBody<T extends object>(rawBody: Buffer): Partial<T> {
  try {
    const event: unknown = JSON.parse(rawBody.toString('utf8'));
    if (typeof event === 'object' && event !== null) return event;
  } catch (error) {
    throw problem('webhook-unusable', { detail: 'The signed body is not JSON.', cause: error });
  }
  throw problem('webhook-unusable', { detail: 'The signed body is not an object.' });
}
