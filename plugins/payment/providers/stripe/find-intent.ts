import type Stripe from 'stripe';
import type { Snapshot } from '../../payments/model/snapshot.ts';
import { ProviderError } from '../provider-error.ts';
import { PAYMENT_ID_KEY } from '../metadata-keys.ts';
import { type ProviderCall } from '../provider-call.ts';
import { secondsOf } from './answers.ts';
import { callStripe } from './client.ts';
import { toSnapshot } from './mapping.ts';
import { PAGE_SIZE } from './paging.ts';

/** Clocks of ours and of Stripe may differ by this much. */
const FIND_SKEW_SECONDS = 600;
const FIND_INTENTS_MAX = 10_000;

/**
 * A filter for what was created for a record of ours. Without an upper bound: a create may have been repeated
 * hours after its record was written down.
 */
export function createdSince(createdAt: string): Stripe.RangeQueryParam {
  return { gte: secondsOf(new Date(createdAt)) - FIND_SKEW_SECONDS };
}

/** Lists by time of creation, which is strongly consistent; Stripe's search lags behind by minutes. */
export function findIntent(
  intents: Stripe['paymentIntents'],
  { paymentId, createdAt }: { readonly paymentId: string; readonly createdAt: string },
  call: ProviderCall,
): Promise<Snapshot | undefined> {
  const created = createdSince(createdAt);
  const endsAt = Date.now() + call.budgetMs;
  return callStripe(call, async (options) => {
    let scanned = 0;
    for await (const intent of intents.list({ created, limit: PAGE_SIZE }, options)) {
      if (intent.metadata?.[PAYMENT_ID_KEY] === paymentId) return toSnapshot(intent);
      scanned += 1;
      // Not found among so many proves nothing: the caller must not conclude that the object does not exist.
      if (scanned >= FIND_INTENTS_MAX || Date.now() >= endsAt)
        throw new ProviderError({ class: 'unknown', code: 'too_many_intents' });
    }
    return undefined;
  });
}
