import { type Step, advance } from '../payments/payment-repository.ts';
import { fetchCaptured } from '../payments/payment-events.ts';
import { paymentOfEvent } from '../payments/payment-of-event.ts';
import type { EventOf } from '../providers/event.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { ownerAtProvider } from '../subscriptions/charge-owner.ts';
import type { Applied } from '../webhooks/model/applied.ts';
import { fetchDispute, syncDispute, syncReversal } from './sync-disputes.ts';

/** Handles a reversal by the provider. @throws ProblemError 503, so that the event is delivered again */
export async function applyReversalEvent(
  flow: Flow,
  { refundRef, captureRef }: EventOf<'reversal'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const found = await paymentOfEvent(flow, { captureRef }, inbox, ownerAtProvider);
  if (typeof found === 'string') return found;
  return (await syncReversal(flow, await fetchCaptured(flow, found), refundRef, inbox)).applied;
}

/** Handles a new or changed dispute. It is fetched first, because only the dispute names its payment. */
export async function applyDisputeEvent(
  flow: Flow,
  { ref }: EventOf<'dispute'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const dispute = await fetchDispute(flow, inbox.provider, ref);
  const { paymentRef: paidBy, captureRef } = dispute;
  const found = await paymentOfEvent(flow, { ref: paidBy, captureRef }, inbox, ownerAtProvider);
  if (typeof found === 'string') return found;
  return (await syncDispute(flow, await fetchCaptured(flow, found, paidBy), dispute, inbox)).applied;
}

/** Handles an early fraud warning: published once per payment, whose money does not change. */
export async function applyFraudWarning(
  flow: Flow,
  { ref: warningRef, paymentRef }: EventOf<'fraud_warning'>,
  inbox: InboxEntry,
): Promise<Applied> {
  const found = await paymentOfEvent(flow, { ref: paymentRef }, inbox, ownerAtProvider);
  if (typeof found === 'string') return found;
  const { applied, step } = await advance(
    flow,
    found,
    async (current): Promise<Step> =>
      current.flags.includes('fraud_warning')
        ? { next: current }
        : { next: { ...current, flags: [...current.flags, 'fraud_warning'] }, notes: { warningRef } },
    inbox,
  );
  if (applied === 'processed' && step.notes !== undefined) {
    flow.log.warn('The provider warns of fraud', { paymentId: found.id, warningRef });
    flow.log.count('payment.fraud_warning');
  }
  return applied;
}
