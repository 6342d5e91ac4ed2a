import { causes } from '#runtime/error-causes.ts';
import { redactText } from '#runtime/redact.ts';

/** Names of AWS's errors for throttled requests. */
const THROTTLED = /^(Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|SlowDown)/;

export const isThrottled = (error: unknown): boolean =>
  causes(error).some((cause) => THROTTLED.test((cause as Error).name));

/** What failed, as the rest of a sentence that begins with the name of the thing. */
export function failureText(
  error: unknown,
  { timeoutMs, isLocal }: { timeoutMs: number; isLocal: boolean },
): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error) || cause.name === 'AbortError' || cause.name === 'TimeoutError') {
    return `did not answer within ${timeoutMs} ms`;
  }
  if (isThrottled(error)) return 'is throttled';
  const isAws = '$metadata' in cause;
  return `failed: ${isAws && !isLocal ? cause.name : redactText(cause.message)}`;
}
