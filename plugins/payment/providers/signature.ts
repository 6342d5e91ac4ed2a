import type { ProblemError } from '#runtime/contract/errors.ts';
import { problem } from '../errors.ts';

/** Why a delivery is taken for one that the provider did not sign. `no-match`: other secret, webhook or body. */
export type SignatureReason =
  | 'missing-header'
  | 'malformed'
  | 'unsupported-algorithm'
  | 'untrusted-certificate'
  | 'no-match'
  | 'too-old'
  | 'in-the-future';

/** For logs and metrics only: whoever sends such a delivery is told nothing but `invalid-signature`. */
export class SignatureRefusal extends Error {
  override readonly name = 'SignatureRefusal';
  readonly reason: SignatureReason;
  /** How old the signed time is, in seconds by our clock; negative when it is ahead. */
  readonly skewSeconds: number | undefined;

  constructor(reason: SignatureReason, skewSeconds?: number, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
    this.skewSeconds = skewSeconds === undefined ? undefined : Math.round(skewSeconds);
  }
}

/** The 400 for a delivery that the provider did not sign; the reason is its cause. */
export function unsigned(reason: SignatureReason, skewSeconds?: number, cause?: unknown): ProblemError {
  return problem('invalid-signature', { cause: new SignatureRefusal(reason, skewSeconds, { cause }) });
}

/** @throws ProblemError 400 when a signed time, so many seconds old, is too old or too far ahead */
export function checkSkew(
  skewSeconds: number,
  bounds: { readonly oldSeconds: number; readonly aheadSeconds: number },
): void {
  if (skewSeconds > bounds.oldSeconds) throw unsigned('too-old', skewSeconds);
  if (skewSeconds < -bounds.aheadSeconds) throw unsigned('in-the-future', skewSeconds);
}
