import { ProblemError } from '#runtime/contract/errors.ts';
import type { IdempotencyClaim, IdempotencyRecord } from '../store/idempotency.ts';
import type { Flow } from '../services.ts';

/**
 * Judges a request and carries it out. A key that was used before comes ahead of every refusal: rules, configuration,
 * customers and time may have changed since, and what the key has begun is answered all the same. Only a refusal costs
 * the read; otherwise the transaction that writes the intent finds the key taken.
 */
export async function unlessKnown<T>(
  flow: Flow,
  claim: IdempotencyClaim | undefined,
  on: {
    /** Writes nothing under the key; gives what is to be done. @throws ProblemError for a refusal */
    judge(): Promise<() => Promise<T>>;
    repeat(claim: IdempotencyClaim, record: IdempotencyRecord): Promise<T>;
    /** Told of a refusal that stands. */
    refused?(refusal: ProblemError): Promise<void>;
  },
): Promise<T> {
  let proceed: () => Promise<T>;
  try {
    proceed = await on.judge();
  } catch (refusal) {
    if (!(refusal instanceof ProblemError)) throw refusal;
    const record = claim && (await flow.services.store.record(claim));
    if (claim !== undefined && record !== undefined) return on.repeat(claim, record);
    await on.refused?.(refusal);
    throw refusal;
  }
  return proceed();
}
