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

/** Fetches a dispute. @throws ProblemError 503 when the fetch fails */
export const fetchDispute = (flow: Flow, provider: string, ref: string): Promise<DisputeSnapshot> =>
  readProvider(flow, provider, ({ refundsAndDisputes }, call) =>
    refundsAndDisputes.retrieveDispute(ref, call),
  );

/**
 * Merges a dispute into its payment. `first` is the snapshot by which the payment was found; after a version
 * conflict it is fetched again.
 * @throws ProblemError 503 when the fetch fails
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
      // `first` was fetched before the payment was read, so it may be older than a stored dispute and is used only
      // where none is stored.
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
    flow.log.warn('A dispute contradicts its payment or has an unknown status', {
      paymentId: payment.id,
      disputeId: snapshot.ref,
    });
    return { next: payment };
  }
  if (before !== undefined && isSame(before, snapshot)) return { next: payment };
  const { ref, stage, reason, amountMinor, currency, dueBy } = snapshot;
  const status = snapshot.status ?? before?.status ?? 'open';
  const lost = status === 'lost';
  return recorded(flow, payment, before, {
    ref,
    kind: 'dispute',
    status,
    stage,
    reason,
    amountMinor,
    currency,
    captureRef: snapshot.captureRef ?? before?.captureRef,
    takenMinor: lost ? disputableMinor(payment, before, { ...snapshot, kind: 'dispute' }, known) : 0,
    dueBy,
    blocksRefunds: !hasEnded({ status }) && snapshot.blocksRefunds,
  });
}

/** The step that records a dispute or reversal as it is now. */
function recorded(
  { services }: Flow,
  payment: Payment,
  before: Dispute | undefined,
  shown: Omit<Dispute, 'paymentId' | 'tenant' | 'createdAt' | 'updatedAt'>,
  refunds: readonly RefundChange[] = [],
): Step {
  const { id: paymentId, tenant } = payment;
  const updatedAt = services.now().toISOString();
  const after = { ...shown, paymentId, tenant, createdAt: before?.createdAt ?? updatedAt, updatedAt };
  return { next: withDispute(payment, before, after), notes: { refunds, disputes: [{ before, after }] } };
}

/**
 * Records a reversal by the provider; `refundRef` is the object with its amount.
 * @throws ProblemError 503 when the fetch fails
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
      // The object may be a refund of ours, or belong to another payment.
      if (found.refundId !== undefined || !isMoneyOf(current, found)) {
        flow.log.warn('A reversal does not belong to its payment', {
          paymentId: current.id,
          reversalId: refundRef,
        });
        return { next: current };
      }
      const known = await flow.services.store.disputes(current.id);
      const { payment: left, refunds } = await withoutRefund(flow, current, refundRef);
      const { amountMinor, currency, captureRef, reason = 'reversed' } = found;
      const own = { ref: refundRef, kind: 'reversal', amountMinor } as const;
      flow.log.error('The provider reversed a payment', { paymentId: current.id, reversalId: refundRef });
      flow.log.count('payment.reversed');
      const shown = {
        ...own,
        status: 'lost',
        reason,
        currency,
        captureRef,
        takenMinor: disputableMinor(left, undefined, own, known),
        blocksRefunds: false,
      } as const;
      return recorded(flow, left, undefined, shown, refunds);
    },
    inbox,
  );
}

/** The payment without a refund that was recorded for the reversal before its type was known. */
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
