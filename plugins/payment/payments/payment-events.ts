import { problem } from '../errors.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Applied } from '../webhooks/model/applied.ts';
import { mergeSnapshot, mergedStep } from './merge-snapshot.ts';
import { type Step, advance } from './payment-repository.ts';
import { completeApproval } from './complete-approval.ts';
import type { Payment } from './model/payment.ts';
import { paymentOfEvent } from './payment-of-event.ts';
import { retrieve } from './retrieve.ts';

/** Handles a change of a payment: merges the fetched object, and completes an approval of its payer. */
export async function applyPaymentEvent(
  flow: Flow,
  event: Extract<ProviderEvent, { readonly kind: 'payment' }>,
  inbox: InboxEntry,
): Promise<Applied> {
  const found = await paymentOfEvent(flow, event, inbox);
  if (typeof found === 'string') return found;
  const ref = found.providerRef ?? event.ref;
  // The open create is about to record the object itself.
  if (ref === undefined) throw problem('payment-missing', { extensions: { paymentId: found.id } });
  const advanced = await advance(flow, found, (current) => fetchedStep(flow, current, ref), inbox);
  if (advanced.applied === 'processed' && advanced.step.unfinished) {
    const { settled, unrecorded } = await completeApproval(flow, advanced.state, inbox);
    // The next delivery finds the outcome.
    if (!settled) throw problem('provider-unavailable', { detail: 'The approval is not settled yet.' });
    if (unrecorded) await flow.services.store.receive(inbox);
  }
  return advanced.applied;
}

/** The step that merges the fetched object. */
async function fetchedStep(flow: Flow, current: Payment, ref: string): Promise<Step> {
  const snapshot = await retrieve(flow, current.provider, ref);
  // A payment without a recorded provider id accepts only an object whose metadata names it.
  if (current.providerRef === undefined && snapshot.paymentId !== current.id) return { next: current };
  const step = mergedStep(current, mergeSnapshot(flow, current, snapshot));
  return { ...step, unfinished: step.next.status === 'approved' };
}

/**
 * The payment with its captures: a refund or dispute event may arrive before the one of the capture, so that is
 * fetched first.
 * @param named the object that the event names, for a payment whose creation response is not recorded yet
 */
export async function fetchCaptured(flow: Flow, payment: Payment, named?: string): Promise<Payment> {
  const { providerRef = named, capturedMinor, capturableMinor } = payment;
  if (providerRef === undefined || (capturedMinor > 0 && capturableMinor === 0)) return payment;
  return (await advance(flow, payment, (current) => fetchedStep(flow, current, providerRef))).state;
}
