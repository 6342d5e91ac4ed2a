import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { platformProblem } from '../contract/errors.ts';
import type { Idempotency } from '../contract/operation.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Reads an `Idempotency-Key`, as a bare token or as the quoted string of the IETF draft.
 * @throws ProblemError 400 `idempotency-key-invalid`
 */
export function parseIdempotencyKey(header: string): string {
  const text = header.trim();
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text);
  const key = quoted ? (quoted[1] ?? '').replaceAll(/\\(["\\])/g, '$1') : text;
  // A bare token that starts like a quoted string is a broken one, not a key.
  if (!KEY.test(key) || (!quoted && text.startsWith('"'))) {
    throw platformProblem('idempotency-key-invalid', {
      detail: 'A key has 1 to 255 visible ASCII characters.',
    });
  }
  return key;
}

/** The input as the client sent it, and as the schema reads it. */
interface IdempotentInput {
  readonly raw: unknown;
  readonly parsed: unknown;
}

/** The key with the fingerprints of the request. @throws ProblemError 400 `idempotency-key-invalid` */
export function idempotencyOf(
  operation: string,
  header: string,
  { raw, parsed }: IdempotentInput,
): Idempotency {
  const sha256 = (input: unknown): string =>
    createHash('sha256')
      .update(`${operation}\n${canonicalJson(input)}`)
      .digest('hex');
  return {
    key: parseIdempotencyKey(header),
    fingerprint: `2:${sha256(parsed)}`,
    formerFingerprint: sha256(raw),
  };
}
