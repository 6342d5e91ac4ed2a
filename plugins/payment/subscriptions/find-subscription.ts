import type { OperationContext } from '#runtime/contract/operation.ts';
import { isId } from '../engine/model/ids.ts';
import type { Subscription } from './model/subscription.ts';
import { problem } from '../errors.ts';
import type { Services } from '../services.ts';

/**
 * The caller's subscription, read strongly consistent.
 * @throws ProblemError 404, for another tenant's subscription too
 */
export async function findSubscription({
  input,
  caller,
  services,
}: OperationContext<{ readonly id: string }, Services>): Promise<Subscription> {
  const found = isId('sub', input.id) ? await services.subscriptions.get(input.id) : undefined;
  if (found === undefined || found.tenant !== caller.tenant) throw problem('subscription-not-found');
  return found;
}
