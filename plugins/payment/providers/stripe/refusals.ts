import { ProviderError } from '../provider-error.ts';

/**
 * The result of a change. When Stripe rejects it, `fetchCurrent` checks whether the object is already in the
 * requested state; undefined means that it is not, and the rejection is thrown.
 */
export async function convergeOnRefusal<T, R>(
  change: Promise<T>,
  fetchCurrent: (refusal: ProviderError) => Promise<R | undefined>,
): Promise<T | R> {
  try {
    return await change;
  } catch (error) {
    if (!(error instanceof ProviderError) || !REFUSALS.has(error.details.class)) throw error;
    const found = await fetchCurrent(error);
    if (found === undefined) throw error;
    return found;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['invalid', 'already_done']);

/** A parameter that Stripe requires. @throws ProviderError `invalid` when it is missing */
export function required(value: string | undefined, param: string): string {
  if (value !== undefined && value !== '') return value;
  throw new ProviderError({ class: 'invalid', code: 'value_missing', param });
}
