import { ProblemError } from '#runtime/contract/errors.ts';
import type { IdempotencyClaim, IdempotencyRecord } from '../store/idempotency.ts';
import type { Flow } from '../services.ts';

/**
 * Validates a request, then executes it. Before a rejection is returned, the idempotency record is read: rules,
 * configuration and customers may have changed since the first call, and a replay must return the response of that
 * call. Only a rejection costs this read; otherwise the transaction that writes the intent detects a used key.
 */
export async function validateOrReplay<T>(
  flow: Flow,
  claim: IdempotencyClaim | undefined,
  handlers: {
    /**
     * Validates without writing under the key.
     * @returns the execution
     * @throws ProblemError for a rejection
     */
    validate(): Promise<() => Promise<T>>;
    replay(claim: IdempotencyClaim, record: IdempotencyRecord): Promise<T>;
    /** Called with a rejection that has no stored response, before it is thrown. */
    onRejected?(rejection: ProblemError): Promise<void>;
  },
): Promise<T> {
  let proceed: () => Promise<T>;
  try {
    proceed = await handlers.validate();
  } catch (rejection) {
    if (!(rejection instanceof ProblemError)) throw rejection;
    const record = claim && (await flow.services.store.record(claim));
    if (claim !== undefined && record !== undefined) return handlers.replay(claim, record);
    await handlers.onRejected?.(rejection);
    throw rejection;
  }
  return proceed();
}
