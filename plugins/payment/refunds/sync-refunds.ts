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

/** Milliseconds after the end of a lock, after which a refund has reached the provider or never will. */
const RESEND_AFTER_MS = 120_000;

/** A DynamoDB transaction holds 100 items; the next write merges the rest. */
const CHANGES_MAX = 50;

/**
 * Merges all refunds of a payment from the provider: ours by the id that they carry, others as made at the
 * provider. The order of events does not matter.
 * @param named a refund that is fetched by itself when no list contains it yet
 * @throws ProblemError 503 when the fetch fails
 */
export async function syncRefunds(
  flow: Flow,
  payment: Payment,
  inbox?: InboxEntry,
  named?: string,
): Promise<Advanced> {
  let synced = await advance(flow, payment, (current) => take(flow, current, named), inbox);
  while (synced.step.unfinished && synced.applied === 'processed')
    synced = await advance(flow, synced.state, (current) => take(flow, current, named), inbox);
  return synced;
}

async function take(flow: Flow, payment: Payment, named: string | undefined): Promise<Step> {
  const { services } = flow;
  // Listed after the payment was read, so a newer change makes this step stale.
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
    flow.log.error('The provider refunded more than was refundable', { paymentId: payment.id });
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
  // Only a webhook links it to this payment.
  const { captureRef } = found.value;
  return captureRef !== undefined && isMoneyOf(payment, found.value) ? [...listed, found.value] : listed;
}

/**
 * A part that has its provider object does not match another object with the same id, which is a refund of its own.
 */
const isShownBy =
  ({ ref, refundId }: RefundSnapshot) =>
  (part: RefundPart): boolean =>
    part.ref === undefined ? part.id === refundId : part.ref === ref;

const find = (refunds: readonly Refund[], snapshot: RefundSnapshot): Refund | undefined =>
  refunds.find(({ parts }) => parts.some(isShownBy(snapshot)));

/** The refund with the snapshot of one part merged in; the same object when nothing changes. */
function updated(refund: Refund, snapshot: RefundSnapshot, at: string): Refund {
  const isShown = isShownBy(snapshot);
  const parts = refund.parts.map((part) => (isShown(part) ? withSnapshot(part, snapshot) : part));
  return parts.some((part, index) => part !== refund.parts[index]) ? withParts(refund, parts, at) : refund;
}

/** A refund made at the provider. One that failed before it was recorded is not published. */
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
 * Reconciles the refunds of a payment with the provider, and resumes abandoned ones.
 * @throws ProblemError 503 when the fetch fails
 */
export async function reconcileRefunds(flow: Flow, payment: Payment): Promise<Payment> {
  const { state: current } = await syncRefunds(flow, payment);
  const nowMs = flow.services.now().getTime();
  const open = (await flow.services.store.refunds(payment.id)).filter(
    (refund) => isUnsettled(refund) && refund.lockUntil + RESEND_AFTER_MS <= nowMs,
  );
  for (const refund of open)
    await resumeRefund(flow, await existingPayment(flow, payment.id), refund).catch(noted(flow));
  return open.length === 0 ? current : existingPayment(flow, payment.id);
}

/** Resumes a refund; one that ends in a rejection is complete. */
const noted = (flow: Flow) => (error: unknown) => {
  const code = (error as { code?: unknown }).code;
  if ((error as Error).name !== 'ProblemError') throw error;
  flow.log.info('A resumed refund was rejected', { code });
};
