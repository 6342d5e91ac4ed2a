import type { Payment } from './model/payment.ts';
import { problem } from '../errors.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { type Step, advance, mergeAndTell, mergedStep } from './advance.ts';
import type { Applied } from '../webhooks/apply-event.ts';
import { complete } from './complete-approval.ts';
import type { Flow } from '../engine/flow.ts';
import { ownerOf } from '../subscriptions/owner.ts';
import { retrieve } from './send.ts';

type Of<K extends ProviderEvent['kind']> = Extract<ProviderEvent, { readonly kind: K }>;

/** A payment changed: takes over what the provider's object shows now, and acts on an approval of its payer. */
export async function applyPaymentEvent(
  flow: Flow,
  event: Of<'payment'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const found = await ownerOf(flow, event, inbox, { ask: false });
  if (typeof found === 'string') return found;
  const ref = found.providerRef ?? event.ref;
  // Nothing to look at is known yet: the create is about to write it down.
  if (ref === undefined) throw problem('payment-missing', { extensions: { paymentId: found.id } });
  const advanced = await advance(flow, found, (current) => look(flow, current, ref), inbox);
  if (advanced.outcome === 'duplicate') return 'duplicate';
  if (advanced.step.unfinished) {
    const { settled, unrecorded } = await complete(flow, advanced.payment, inbox);
    // Delivered again, it finds out what became of it.
    if (!settled) throw problem('provider-unavailable', { detail: 'The approval is not settled yet.' });
    if (unrecorded) await flow.services.store.receive(inbox);
  }
  return 'processed';
}

/** A bank or card network suspects fraud: told once per payment, whose money is not touched by it. */
export async function applyFraudWarning(
  flow: Flow,
  { ref: warningRef, paymentRef }: Of<'fraud_warning'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const found = await ownerOf(flow, { ref: paymentRef }, inbox, { ask: true });
  if (typeof found === 'string') return found;
  const { outcome, step } = await advance(
    flow,
    found,
    async (current): Promise<Step> =>
      current.flags.includes('fraud_warning')
        ? { next: current }
        : { next: { ...current, flags: [...current.flags, 'fraud_warning'] }, notes: { warningRef } },
    inbox,
  );
  if (outcome === 'duplicate') return 'duplicate';
  if (step.notes !== undefined) {
    flow.log.warn('The provider warns of fraud', { paymentId: found.id, warningRef });
    flow.log.count('payment.fraud_warning');
  }
  return 'processed';
}

/** The step that takes over how the provider's object is now. */
export async function look(flow: Flow, current: Payment, ref: string): Promise<Step> {
  const snapshot = await retrieve(flow, current.provider, ref);
  // Only a body says that this object belongs to a payment which does not know its own yet.
  if (current.providerRef === undefined && snapshot.paymentId !== current.id) return { next: current };
  const step = mergedStep(current, mergeAndTell(flow, current, snapshot));
  return { ...step, unfinished: step.next.status === 'approved' };
}
