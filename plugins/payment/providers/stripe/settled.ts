import { ProviderError } from '../provider-error.ts';

/**
 * What a change came to. When Stripe refuses it, `look` says whether things are already as they were wanted;
 * `undefined` means that they are not, and the refusal stands.
 */
export async function convergeOnRefusal<T, R>(
  change: Promise<T>,
  look: (refusal: ProviderError) => Promise<R | undefined>,
): Promise<T | R> {
  try {
    return await change;
  } catch (error) {
    if (!(error instanceof ProviderError) || !REFUSALS.has(error.details.class)) throw error;
    const found = await look(error);
    if (found === undefined) throw error;
    return found;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['invalid', 'already_done']);

/** A value that Stripe cannot do without. @throws ProviderError `invalid` */
export function required(value: string | undefined, param: string): string {
  if (value !== undefined && value !== '') return value;
  throw new ProviderError({ class: 'invalid', code: 'value_missing', param });
}
