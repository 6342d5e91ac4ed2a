import { ProviderError } from '../provider-error.ts';
import { type ProviderCall } from '../provider-call.ts';

const REQUEST_ID_CHARS_MAX = 108;

/** A minimal answer leaves out the amounts. */
export const prefer = 'return=representation';

/** PayPal makes up no key itself; without one a repeated call would act twice. */
export function keyOf({ idempotencyKey }: ProviderCall): string {
  if (!idempotencyKey) throw new TypeError('A call that changes something needs an idempotency key');
  if (idempotencyKey.length > REQUEST_ID_CHARS_MAX) throw new TypeError('The idempotency key is too long');
  return idempotencyKey;
}

/** The same call with what is left of its budget by then. */
export function deadline(call: ProviderCall): () => ProviderCall {
  const endsAt = Date.now() + call.budgetMs;
  return () => ({ ...call, budgetMs: endsAt - Date.now() });
}

/** A look changes nothing, so it takes no key of the call it is made for. */
export const keyless = ({ budgetMs }: ProviderCall): ProviderCall => ({ budgetMs });

/** An answer that does not say what it has to: whether anything happened is not known. */
export const unexpected = (cause?: unknown): ProviderError =>
  new ProviderError({ class: 'unknown', code: 'unexpected_answer' }, { cause });

/** The result, or undefined for an object that PayPal does not have (any more). */
export async function unlessMissing<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof ProviderError && error.details.missing) return undefined;
    throw error;
  }
}

/** A look at what was done already: when it is refused, that is no refusal of what was done. */
export async function afterwards<T>(look: Promise<T>): Promise<T> {
  try {
    return await look;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new ProviderError({ ...error.details, class: 'unknown' }, { cause: error });
  }
}
