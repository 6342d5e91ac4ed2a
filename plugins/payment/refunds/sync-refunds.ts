import { readProvider } from '../engine/call-provider.ts';
import type { RefundChange } from './model/published-events.ts';
import type { Payment } from '../payments/model/payment.ts';
import type { RefundSnapshot } from './model/refund-snapshot.ts';
import { type Refund, type RefundPart, withParts, withSnapshot } from './model/refund.ts';
import { OVER_REFUNDED, isMoneyOf, withRefund } from './model/refundable.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { type Advanced, type Step, advance, existingPayment } from '../payments/payment-repository.ts';
import type { Flow } from '../services.ts';
import { callProvider, unavailable } from '../engine/call-provider.ts';
import { isUnsettled, resumeRefund } from './refund-operation.ts';

/** A refund that was asked for so long ago has reached the provider by now, or never will. */
const RESEND_AFTER_MS = 120_000;

/** DynamoDB writes no more than 100 items at once; what is left is taken over by the next write. */
const CHANGES_MAX = 50;

/**
 * Takes over all refunds of a payment as the provider has them: ours by the id that they carry, others as made
 * elsewhere. The order in which anybody hears of them does not matter.
 * @param named one that is looked at by itself when no list shows it yet
 * @throws ProblemError 503 when the provider cannot be asked
 */
export async function syncRefunds(
  flow: Flow,
  payment: Payment,
  inbox?: InboxEntry,
  named?: string,
): Promise<Advanced> {
  let synced = await advance(flow, payment, (current) => take(flow, current, named), inbox);
  while (synced.step.unfinished && synced.applied === 'processed')
    synced = await advance(flow, synced.payment, (current) => take(flow, current, named), inbox);
  return synced;
}

async function take(flow: Flow, payment: Payment, named: string | undefined): Promise<Step> {
  const { services } = flow;
  // Listed after the payment was read: what is new since then makes this step stale.
  const [snapshots, stored] = await Promise.all([
    listRefunds(flow, payment, named),
    services.store.refunds(payment.id),
  ]);
  const at = services.now().toISOString();
  let next = payment;
  let refunds = stored;
  const changes = new Map<string, RefundChange>();
  for (const snapshot of snapshots) {
    if (payment.disputes?.[snapshot.ref] !== undefined) continue;
    const known = find(refunds, snapshot);
    const after = known === undefined ? foreign(flow, payment, snapshot, at) : updated(known, snapshot, at);
    if (after === undefined || after === known) continue;
    next = withRefund(next, known, after);
    refunds = [...refunds.filter((refund) => refund !== known), after];
    changes.set(after.id, { before: stored.find(({ id }) => id === after.id), after });
    if (changes.size === CHANGES_MAX) break;
  }
  const overdrawn = next.flags.includes(OVER_REFUNDED) && !payment.flags.includes(OVER_REFUNDED);
  if (overdrawn) {
    flow.log.error('More was refunded at the provider than there was room for', { paymentId: payment.id });
    flow.log.count('payment.mismatch');
  }
  return {
    next,
    unfinished: changes.size === CHANGES_MAX,
    notes: {
      refunds: [...changes.values()],
      ...(overdrawn && { mismatch: overdraft(payment, next) }),
    },
  };
}

async function listRefunds(
  flow: Flow,
  payment: Payment,
  named: string | undefined,
): Promise<readonly RefundSnapshot[]> {
  const { provider, providerRef } = payment;
  if (providerRef === undefined) return [];
  const listed = await readProvider(flow, provider, ({ refundsAndDisputes }, call) =>
    refundsAndDisputes.listRefunds(providerRef, call),
  );
  if (named === undefined || listed.some(({ ref }) => ref === named)) return listed;
  const found = await callProvider(flow, provider, undefined, ({ refundsAndDisputes }, call) =>
    refundsAndDisputes.retrieveRefund(named, call),
  );
  if (found.kind === 'error' && found.details.class === 'invalid') return listed;
  if (found.kind !== 'ok') throw unavailable(found);
  // Only a webhook says that it is of this payment.
  const { captureRef } = found.value;
  return captureRef !== undefined && isMoneyOf(payment, found.value) ? [...listed, found.value] : listed;
}

/** Once a part has its object at the provider, another one that names it too is money of its own. */
const isShownBy =
  ({ ref, refundId }: RefundSnapshot) =>
  (part: RefundPart): boolean =>
    part.ref === undefined ? part.id === refundId : part.ref === ref;

const find = (refunds: readonly Refund[], snapshot: RefundSnapshot): Refund | undefined =>
  refunds.find(({ parts }) => parts.some(isShownBy(snapshot)));

/** The refund with what the provider shows of one of its parts; the very same when that is nothing new. */
function updated(refund: Refund, snapshot: RefundSnapshot, at: string): Refund {
  const isShown = isShownBy(snapshot);
  const parts = refund.parts.map((part) => (isShown(part) ? withSnapshot(part, snapshot) : part));
  return parts.some((part, index) => part !== refund.parts[index]) ? withParts(refund, parts, at) : refund;
}

/** A refund that was not made through this API. One that came to nothing leaves nothing to publish. */
function foreign(
  { services }: Flow,
  { id: paymentId, tenant }: Payment,
  { ref, status, amountMinor, currency, captureRef, reason, failureCode }: RefundSnapshot,
  at: string,
): Refund | undefined {
  if (status === undefined || status === 'failed' || status === 'canceled') return undefined;
  const id = services.newId('rf');
  const part = { id, amountMinor, status, providerKey: '', attempt: 1, captureRef, ref, failureCode };
  return {
    id,
    paymentId,
    tenant,
    amountMinor,
    currency,
    status,
    reason,
    origin: 'provider',
    parts: [part],
    lockUntil: 0,
    createdAt: at,
    updatedAt: at,
  };
}

function overdraft(before: Payment, after: Payment) {
  return {
    field: 'refunded' as const,
    expected: String(before.refundedMinor + before.refundPendingMinor + before.refundableMinor),
    actual: String(after.refundedMinor + after.refundPendingMinor),
  };
}

/**
 * Brings the refunds of a payment in line with the provider, and finishes those whose invocation is gone.
 * @throws ProblemError 503 when the provider cannot be asked
 */
export async function reconcileRefunds(flow: Flow, payment: Payment): Promise<Payment> {
  const { payment: current } = await syncRefunds(flow, payment);
  const nowMs = flow.services.now().getTime();
  const open = (await flow.services.store.refunds(payment.id)).filter(
    (refund) => isUnsettled(refund) && refund.lockUntil + RESEND_AFTER_MS <= nowMs,
  );
  for (const refund of open)
    await resumeRefund(flow, await existingPayment(flow, payment.id), refund).catch(noted(flow));
  return open.length === 0 ? current : existingPayment(flow, payment.id);
}

/** A refund that ends in a refusal has been settled by that. */
const noted = (flow: Flow) => (error: unknown) => {
  const code = (error as { code?: unknown }).code;
  if ((error as Error).name !== 'ProblemError') throw error;
  flow.log.info('A refund was settled by a refusal', { code });
};
