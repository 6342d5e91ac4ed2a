import { ProviderError } from '../provider-error.ts';
import { type ProviderCall } from '../provider-call.ts';

const REQUEST_ID_CHARS_MAX = 108;

/** The default, minimal representation has no amounts. */
export const prefer = 'return=representation';

/** The PayPal-Request-Id of a call; without one a repeated call would act twice. */
export function keyOf({ idempotencyKey }: ProviderCall): string {
  if (!idempotencyKey) throw new TypeError('A call that changes something needs an idempotency key');
  if (idempotencyKey.length > REQUEST_ID_CHARS_MAX) throw new TypeError('The idempotency key is too long');
  return idempotencyKey;
}

/** The same call with its remaining budget. */
export function deadline(call: ProviderCall): () => ProviderCall {
  const endsAt = Date.now() + call.budgetMs;
  return () => ({ ...call, budgetMs: endsAt - Date.now() });
}

/** A read within a call, which has no idempotency key. */
export const keyless = ({ budgetMs }: ProviderCall): ProviderCall => ({ budgetMs });

/** The error for an unexpected response: whether the call succeeded is unknown. */
export const unexpected = (cause?: unknown): ProviderError =>
  new ProviderError({ class: 'unknown', code: 'unexpected_answer' }, { cause });

/** The result, or undefined for an object that does not exist, or no longer. */
export async function unlessMissing<T>(fetched: Promise<T>): Promise<T | undefined> {
  try {
    return await fetched;
  } catch (error) {
    if (error instanceof ProviderError && error.details.missing) return undefined;
    throw error;
  }
}

/** A read after a successful change: its rejection does not mean that the change was rejected. */
export async function afterwards<T>(fetched: Promise<T>): Promise<T> {
  try {
    return await fetched;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new ProviderError({ ...error.details, class: 'unknown' }, { cause: error });
  }
}
