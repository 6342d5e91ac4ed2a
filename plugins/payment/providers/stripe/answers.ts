import { ProviderError } from '../provider-error.ts';

/**
 * Checks that a response is an object of this type with an id, because the SDK accepts any JSON.
 * @throws ProviderError `unknown`
 */
export function expectObject<T extends { readonly object: string; readonly id: string }>(
  answer: T | null | undefined,
  object: T['object'],
): T {
  const given: { readonly object?: unknown; readonly id?: unknown } | null | undefined = answer;
  if (given?.object === object && typeof given.id === 'string' && given.id !== '') return answer as T;
  throw unexpectedAnswer();
}

/** An amount in a response. @throws ProviderError `unknown` when it is missing, which must not be read as zero */
export function expectAmount(amount: number | null | undefined): number {
  if (Number.isSafeInteger(amount) && Number(amount) >= 0) return Number(amount);
  throw unexpectedAnswer();
}

export function unexpectedAnswer(): ProviderError {
  return new ProviderError({ class: 'unknown', code: 'unexpected_answer' });
}

/** The result of a retrieval, or undefined when Stripe does not have the object. */
export async function unlessMissing<T>(retrieval: Promise<T>): Promise<T | undefined> {
  try {
    return await retrieval;
  } catch (error) {
    if (error instanceof ProviderError && error.details.missing) return undefined;
    throw error;
  }
}

/** The id of an expandable field, which Stripe sends as an id or as the object. */
export function idOf(member: string | { readonly id: string } | null | undefined): string | undefined {
  return typeof member === 'string' ? member : member?.id;
}

/** A Unix time in seconds as ISO 8601. */
export function isoOf(seconds: number | null | undefined): string | undefined {
  return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : undefined;
}

/** A time as Unix seconds for Stripe's filters, rounded down. */
export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
