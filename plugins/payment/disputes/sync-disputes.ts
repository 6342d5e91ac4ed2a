import { readProvider } from '../engine/call-provider.ts';
import type { DisputeSnapshot } from './model/dispute-snapshot.ts';
import { type Dispute, hasEnded, isSame } from './model/dispute.ts';
import type { RefundChange } from '../refunds/model/published-events.ts';
import type { Payment } from '../payments/model/payment.ts';
import { withParts } from '../refunds/model/refund.ts';
import { isMoneyOf, disputableMinor, withDispute, withRefund } from '../refunds/model/refundable.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { type Advanced, type Step, advance } from '../payments/payment-repository.ts';
import type { Flow } from '../services.ts';

/** The provider's dispute as it is now. @throws ProblemError 503 when the provider cannot be asked */
export async function fetchDispute(flow: Flow, provider: string, ref: string): Promise<DisputeSnapshot> {
  const found = await readProvider(flow, provider, ({ refundsAndDisputes }, call) =>
    refundsAndDisputes.retrieveDispute(ref, call),
  );
  return found;
}

/**
 * Takes over where a dispute of a payment stands. `first` is what was fetched to find the payment; when somebody
 * was faster it is fetched again. @throws ProblemError 503 when the provider cannot be asked
 */
export async function syncDispute(
  flow: Flow,
  payment: Payment,
  first: DisputeSnapshot,
  inbox?: InboxEntry,
): Promise<Advanced> {
  const { ref } = first;
  return advance(
    flow,
    payment,
    async (current, tries): Promise<Step> => {
      const known = await flow.services.store.disputes(current.id);
      const before = known.find((dispute) => dispute.ref === ref);
      // Fetched before the payment was read, `first` may be older than what is stored, but not than nothing.
      const isFirst = tries === 1 && before === undefined;
      const snapshot = isFirst ? first : await fetchDispute(flow, current.provider, ref);
      return disputeStep(flow, current, { known, before }, snapshot);
    },
    inbox,
  );
}

function disputeStep(
  flow: Flow,
  payment: Payment,
  { known, before }: { readonly known: readonly Dispute[]; readonly before: Dispute | undefined },
  snapshot: DisputeSnapshot,
): Step {
  const contradicts = snapshot.currency !== payment.currency || snapshot.livemode !== payment.livemode;
  if (contradicts || (before === undefined && snapshot.status === undefined)) {
    flow.log.warn('A dispute cannot be taken over', { paymentId: payment.id, disputeId: snapshot.ref });
    return { next: payment };
  }
  if (before !== undefined && isSame(before, snapshot)) return { next: payment };
  const at = flow.services.now().toISOString();
  const status = snapshot.status ?? before?.status ?? 'open';
  const lost = status === 'lost';
  const ended = hasEnded({ status });
  const after: Dispute = {
    ref: snapshot.ref,
    kind: 'dispute',
    paymentId: payment.id,
    tenant: payment.tenant,
    status,
    stage: snapshot.stage,
    reason: snapshot.reason,
    amountMinor: snapshot.amountMinor,
    currency: snapshot.currency,
    captureRef: snapshot.captureRef ?? before?.captureRef,
    takenMinor: lost ? disputableMinor(payment, before, { ...snapshot, kind: 'dispute' }, known) : 0,
    dueBy: snapshot.dueBy,
    blocksRefunds: !ended && snapshot.blocksRefunds,
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
  };
  return { next: withDispute(payment, before, after), notes: { disputes: [{ before, after }] } };
}

/**
 * Takes over that the provider itself took money back: `refundRef` is the object that shows how much.
 * @throws ProblemError 503 when the provider cannot be asked
 */
export async function syncReversal(
  flow: Flow,
  payment: Payment,
  refundRef: string,
  inbox?: InboxEntry,
): Promise<Advanced> {
  return advance(
    flow,
    payment,
    async (current): Promise<Step> => {
      if (current.disputes?.[refundRef] !== undefined) return { next: current };
      const found = await readProvider(flow, current.provider, ({ refundsAndDisputes }, call) =>
        refundsAndDisputes.retrieveRefund(refundRef, call),
      );
      // The webhook is only a hint: what it names may be a refund of ours, or another payment's money.
      if (found.refundId !== undefined || !isMoneyOf(current, found)) {
        flow.log.warn('A reversal cannot be taken over', { paymentId: current.id, reversalId: refundRef });
        return { next: current };
      }
      const known = await flow.services.store.disputes(current.id);
      const { payment: left, refunds } = await withoutRefund(flow, current, refundRef);
      const { amountMinor, currency, captureRef, reason = 'reversed' } = found;
      const own = { ref: refundRef, kind: 'reversal', amountMinor } as const;
      const at = flow.services.now().toISOString();
      const after: Dispute = {
        ref: refundRef,
        kind: 'reversal',
        paymentId: current.id,
        tenant: current.tenant,
        status: 'lost',
        reason,
        amountMinor,
        currency,
        captureRef,
        takenMinor: disputableMinor(left, undefined, own, known),
        blocksRefunds: false,
        createdAt: at,
        updatedAt: at,
      };
      flow.log.error('The provider took money back', { paymentId: current.id, reversalId: refundRef });
      flow.log.count('payment.reversed');
      return {
        next: withDispute(left, undefined, after),
        notes: { refunds, disputes: [{ before: undefined, after }] },
      };
    },
    inbox,
  );
}

/** The payment without the refund that a reversal was taken for, before anybody said what it is. */
async function withoutRefund(
  { services }: Flow,
  payment: Payment,
  ref: string,
): Promise<{ readonly payment: Payment; readonly refunds: readonly RefundChange[] }> {
  const before = (await services.store.refunds(payment.id)).find(({ parts }) =>
    parts.some((part) => part.ref === ref),
  );
  if (before === undefined) return { payment, refunds: [] };
  const parts = before.parts.map((part) =>
    part.ref === ref ? { ...part, status: 'canceled' as const } : part,
  );
  const after = withParts(before, parts, services.now().toISOString());
  return { payment: withRefund(payment, before, after), refunds: [{ before, after }] };
}
