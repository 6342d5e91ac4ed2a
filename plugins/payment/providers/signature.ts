import type { ProblemError } from '#runtime/contract/errors.ts';
import { problem } from '../errors.ts';

/** Why a webhook signature is rejected. `no-match`: another secret, webhook or body. */
type SignatureReason =
  | 'missing-header'
  | 'malformed'
  | 'unsupported-algorithm'
  | 'untrusted-certificate'
  | 'no-match'
  | 'too-old'
  | 'in-the-future';

/**
 * The reason for a rejected signature, for logs and metrics only: the sender gets `invalid-signature` without it.
 */
export class SignatureRefusal extends Error {
  override readonly name = 'SignatureRefusal';
  readonly reason: SignatureReason;
  /** The age of the signed timestamp in seconds by our clock; negative when it is ahead. */
  readonly skewSeconds: number | undefined;

  constructor(reason: SignatureReason, skewSeconds?: number, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
    this.skewSeconds = skewSeconds === undefined ? undefined : Math.round(skewSeconds);
  }
}

/** The 400 for a delivery without a valid signature; the reason is its cause. */
export function unsigned(reason: SignatureReason, skewSeconds?: number, cause?: unknown): ProblemError {
  return problem('invalid-signature', { cause: new SignatureRefusal(reason, skewSeconds, { cause }) });
}

/**
 * Checks the age of a signed timestamp, in seconds.
 * @throws ProblemError 400 when it is too old or too far ahead
 */
export function checkSkew(
  skewSeconds: number,
  bounds: { readonly oldSeconds: number; readonly aheadSeconds: number },
): void {
  if (skewSeconds > bounds.oldSeconds) throw unsigned('too-old', skewSeconds);
  if (skewSeconds < -bounds.aheadSeconds) throw unsigned('in-the-future', skewSeconds);
}
