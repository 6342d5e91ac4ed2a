import type { ProviderEvent } from '../providers/event.ts';
import type { InboxEntry } from '../store/store.ts';
import type { Payment } from '../domain/payment.ts';
import { type Advanced, advance } from './advance.ts';
import type { Applied } from './apply-event.ts';
import { fetchDispute, syncDispute, syncReversal } from './dispute-sync.ts';
import type { Flow } from './flow.ts';
import { look, ownerOf } from './payment-events.ts';
import { syncRefunds } from './refund-sync.ts';

type Of<K extends ProviderEvent['kind']> = Extract<ProviderEvent, { readonly kind: K }>;

const applied = ({ outcome }: Advanced): Applied => (outcome === 'duplicate' ? 'duplicate' : 'processed');

/** Something about the refunds of a payment: all of them are looked at. @throws ProblemError 503 to be delivered again */
export async function applyRefundEvent(flow: Flow, event: Of<'refund'>, inbox: InboxEntry): Promise<Applied> {
  const found = await ownerOf(flow, event, inbox);
  return typeof found === 'string'
    ? found
    : applied(await syncRefunds(flow, await withMoney(flow, found), inbox, event.refundRef));
}

/** The provider itself took money back. @throws ProblemError 503 to be delivered again */
export async function applyReversalEvent(
  flow: Flow,
  { refundRef, captureRef }: Of<'reversal'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const found = await ownerOf(flow, { captureRef }, inbox);
  return typeof found === 'string'
    ? found
    : applied(await syncReversal(flow, await withMoney(flow, found), refundRef, inbox));
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
  return typeof found === 'string'
    ? found
    : applied(await syncDispute(flow, await withMoney(flow, found), dispute, inbox));
}

/** What goes back was taken before: news of that may be lost or late, and is fetched first. */
async function withMoney(flow: Flow, payment: Payment): Promise<Payment> {
  const { providerRef, capturedMinor, capturableMinor } = payment;
  if (providerRef === undefined || (capturedMinor > 0 && capturableMinor === 0)) return payment;
  const looked = await advance(flow, payment, (current) => look(flow, current, providerRef));
  return looked.payment;
}
