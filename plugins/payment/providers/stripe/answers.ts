import { ProviderError } from '../provider-error.ts';

/**
 * The SDK takes any JSON for an answer, so what is not an object of this kind with an id is refused here: nothing
 * may be concluded from it.
 */
export function expectObject<T extends { readonly object: string; readonly id: string }>(
  answer: T | null | undefined,
  object: T['object'],
): T {
  const given: { readonly object?: unknown; readonly id?: unknown } | null | undefined = answer;
  if (given?.object === object && typeof given.id === 'string' && given.id !== '') return answer as T;
  throw unexpectedAnswer();
}

/** An amount of Stripe's: a missing one must never pass for zero. */
export function expectAmount(amount: number | null | undefined): number {
  if (Number.isSafeInteger(amount) && Number(amount) >= 0) return Number(amount);
  throw unexpectedAnswer();
}

export function unexpectedAnswer(): ProviderError {
  return new ProviderError({ class: 'unknown', code: 'unexpected_answer' });
}

/** The result, or undefined for an object that Stripe does not have. */
export async function unlessMissing<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof ProviderError && error.details.missing) return undefined;
    throw error;
  }
}

/** The id of a member that Stripe sends as an id or, when asked to, as the object. */
export function idOf(member: string | { readonly id: string } | null | undefined): string | undefined {
  return typeof member === 'string' ? member : member?.id;
}

/** Stripe's seconds as ISO 8601. */
export function isoOf(seconds: number | null | undefined): string | undefined {
  return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : undefined;
}

/** A time as the seconds that Stripe's filters take, rounded down. */
export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
