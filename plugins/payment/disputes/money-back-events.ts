import type { ProviderEvent } from '../providers/event.ts';
import type { InboxEntry } from '../payments/persistence/payment-store.ts';
import type { Payment } from '../payments/model/payment.ts';
import { type Advanced, advance } from '../payments/advance.ts';
import type { Applied } from '../webhooks/apply-event.ts';
import { fetchDispute, syncDispute, syncReversal } from './sync-disputes.ts';
import type { Flow } from '../engine/flow.ts';
import { ownerOf } from '../subscriptions/owner.ts';
import { look } from '../payments/payment-events.ts';
import { syncRefunds } from '../refunds/sync-refunds.ts';

type Of<K extends ProviderEvent['kind']> = Extract<ProviderEvent, { readonly kind: K }>;

const applied = ({ outcome }: Advanced): Applied => (outcome === 'duplicate' ? 'duplicate' : 'processed');

/** Something about the refunds of a payment: all of them are looked at. @throws ProblemError 503 to be delivered again */
export async function applyRefundEvent(flow: Flow, event: Of<'refund'>, inbox: InboxEntry): Promise<Applied> {
  const found = await ownerOf(flow, event, inbox, { ask: true });
  return typeof found === 'string'
    ? found
    : applied(await syncRefunds(flow, await withMoney(flow, found, event.ref), inbox, event.refundRef));
}

/** The provider itself took money back. @throws ProblemError 503 to be delivered again */
export async function applyReversalEvent(
  flow: Flow,
  { refundRef, captureRef }: Of<'reversal'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const found = await ownerOf(flow, { captureRef }, inbox, { ask: true });
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
  const { paymentRef: paidBy, captureRef } = dispute;
  const found = await ownerOf(flow, { ref: paidBy, captureRef }, inbox, { ask: true });
  return typeof found === 'string'
    ? found
    : applied(await syncDispute(flow, await withMoney(flow, found, paidBy), dispute, inbox));
}

/**
 * What goes back was taken before: news of that may be lost or late, and is fetched first.
 * @param named the object that the event names, for a payment whose create has not been answered here yet
 */
async function withMoney(flow: Flow, payment: Payment, named?: string): Promise<Payment> {
  const { providerRef = named, capturedMinor, capturableMinor } = payment;
  if (providerRef === undefined || (capturedMinor > 0 && capturableMinor === 0)) return payment;
  const looked = await advance(flow, payment, (current) => look(flow, current, providerRef));
  return looked.payment;
}
