import type { ProviderEvent } from '../providers/event.ts';
import type { InboxEntry } from '../store/store.ts';
import type { Advanced } from './advance.ts';
import type { Applied } from './apply-event.ts';
import { fetchDispute, syncDispute, syncReversal } from './dispute-sync.ts';
import type { Flow } from './flow.ts';
import { ownerOf } from './payment-events.ts';
import { syncRefunds } from './refund-sync.ts';

type Of<K extends ProviderEvent['kind']> = Extract<ProviderEvent, { readonly kind: K }>;

const applied = ({ outcome }: Advanced): Applied => (outcome === 'duplicate' ? 'duplicate' : 'processed');

/** Something about the refunds of a payment: all of them are looked at. @throws ProblemError 503 to be delivered again */
export async function applyRefundEvent(flow: Flow, event: Of<'refund'>, inbox: InboxEntry): Promise<Applied> {
  const found = await ownerOf(flow, event, inbox);
  return typeof found === 'string' ? found : applied(await syncRefunds(flow, found, inbox));
}

/** The provider itself took money back. @throws ProblemError 503 to be delivered again */
export async function applyReversalEvent(
  flow: Flow,
  { refundRef, captureRef }: Of<'reversal'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const found = await ownerOf(flow, { captureRef }, inbox);
  return typeof found === 'string' ? found : applied(await syncReversal(flow, found, refundRef, inbox));
}

/** A dispute was opened or has moved on. It names its payment itself, so it is fetched to find out whose it is. */
export async function applyDisputeEvent(
  flow: Flow,
  { ref }: Of<'dispute'>,
  inbox: InboxEntry,
): Promise<Applied> {
  if (await flow.services.subscriptions.seen(inbox.provider, inbox.eventId)) return 'duplicate';
  const dispute = await fetchDispute(flow, inbox.provider, ref);
  const found = await ownerOf(flow, { ref: dispute.paymentRef, captureRef: dispute.captureRef }, inbox);
  return typeof found === 'string' ? found : applied(await syncDispute(flow, found, dispute, inbox));
}
