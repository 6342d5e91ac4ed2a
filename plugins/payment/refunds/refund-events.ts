import { fetchCaptured } from '../payments/payment-events.ts';
import { paymentOfEvent } from '../payments/payment-of-event.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { ownerAtProvider } from '../subscriptions/charge-owner.ts';
import type { Applied } from '../webhooks/model/applied.ts';
import { syncRefunds } from './sync-refunds.ts';

/**
 * Handles a change of a payment's refunds: all of them are fetched.
 * @throws ProblemError 503, so that the event is delivered again
 */
export async function applyRefundEvent(
  flow: Flow,
  event: Extract<ProviderEvent, { readonly kind: 'refund' }>,
  inbox: InboxEntry,
): Promise<Applied> {
  const found = await paymentOfEvent(flow, event, inbox, ownerAtProvider);
  if (typeof found === 'string') return found;
  const payment = await fetchCaptured(flow, found, event.ref);
  return (await syncRefunds(flow, payment, inbox, event.refundRef)).applied;
}
