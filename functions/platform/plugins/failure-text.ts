import { causes } from '#runtime/error-causes.ts';
import { redactText } from '#runtime/redact.ts';

/** Names of AWS's errors for throttled requests. */
const THROTTLED = /^(Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|SlowDown)/;

export const isThrottled = (error: unknown): boolean =>
  causes(error).some((cause) => THROTTLED.test((cause as Error).name));

const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error;

/** Whether there was no answer in time. */
export function isTimeout(error: unknown): boolean {
  const cause = causeOf(error);
  return !(cause instanceof Error) || cause.name === 'AbortError' || cause.name === 'TimeoutError';
}

/** What failed, as the rest of a sentence that begins with the name of the thing. */
export function failureText(
  error: unknown,
  { timeoutMs, isLocal }: { timeoutMs: number; isLocal: boolean },
): string {
  if (isTimeout(error)) return `did not answer within ${timeoutMs} ms`;
  if (isThrottled(error)) return 'is throttled';
  const cause = causeOf(error) as Error;
  const isAws = '$metadata' in cause;
  return `failed: ${isAws && !isLocal ? cause.name : redactText(cause.message)}`;
}
