import { setTimeout as pause } from 'node:timers/promises';
import { changeOf } from './model/change.ts';
import type { ChangeNotes } from './model/published-events.ts';
import { type Merged, merge } from './model/merge.ts';
import type { Payment } from './model/payment.ts';
import type { Snapshot } from './model/snapshot.ts';
import { problem } from '../errors.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { IdempotencyOutcome } from '../store/idempotency.ts';
import { changeContext } from '../engine/flow.ts';
import { type Flow } from '../services.ts';

/**
 * Many refunds of one payment may end at the same time, and each must get its turn: after these tries, as long as
 * there is time for another.
 */
const TRIES_MIN = 16;
const TRIES_MAX = 64;
const TRY_MS = 2_000;
const PAUSE_MS = 25;
const PAUSE_DOUBLINGS_MAX = 5;

/** What one step makes of the payment that it is given. `next` is that very object when nothing changes. */
export interface Step {
  readonly next: Payment;
  readonly notes?: ChangeNotes;
  readonly failureCode?: string;
  /** More is to be done before a webhook event counts as dealt with. */
  readonly unfinished?: boolean;
  /** How the caller's idempotency record is left, given the payment as it will be stored. */
  readonly idempotency?: (after: Payment) => IdempotencyOutcome | undefined;
}

export interface Advanced {
  readonly applied: 'processed' | 'duplicate';
  readonly payment: Payment;
  readonly step: Step;
}

/**
 * The only way a payment changes after its creation: takes a step from the version that was read, and writes it
 * with log, outbox and dedupe record on condition of that version. When somebody else was faster the step is
 * taken anew, from what they wrote; a step that looks at the provider then has to look again.
 */
export async function advance(
  flow: Flow,
  first: Payment,
  take: (payment: Payment, tries: number) => Promise<Step>,
  inbox?: InboxEntry,
): Promise<Advanced> {
  let payment = first;
  for (let tries = 1; tries <= TRIES_MIN || mayTryAgain(flow, tries); tries += 1) {
    const step = await take(payment, tries);
    const change =
      step.next === payment ? undefined : changeOf(payment, step.next, step.notes ?? {}, changeContext(flow));
    const after = change?.after ?? payment;
    const committed = await flow.services.store.commit({
      paymentId: payment.id,
      change,
      operation: endedOperation(payment, after, step),
      refunds: step.notes?.refunds?.map(({ after: refund }) => refund),
      disputes: step.notes?.disputes?.map(({ after: dispute }) => dispute),
      idempotency: step.idempotency?.(after),
      inbox: step.unfinished ? undefined : inbox,
    });
    if (committed !== 'stale')
      return { applied: committed === 'duplicate' ? committed : 'processed', payment: after, step };
    await pause(Math.random() * PAUSE_MS * 2 ** Math.min(tries, PAUSE_DOUBLINGS_MAX));
    payment = await mustGet(flow, payment.id);
  }
  throw problem('contention');
}

const mayTryAgain = (flow: Flow, tries: number): boolean => tries <= TRIES_MAX && flow.remainingMs() > TRY_MS;

/**
 * Writes down what became of an operation, and with it the webhook event that began it. Also when another
 * delivery of that event was faster, the outcome must not get lost.
 */
export async function finish(
  flow: Flow,
  { payment, inbox }: { readonly payment: Payment; readonly inbox?: InboxEntry | undefined },
  take: (payment: Payment, tries: number) => Promise<Step>,
): Promise<Advanced> {
  const finished = await advance(flow, payment, take, inbox);
  return finished.applied === 'duplicate' ? advance(flow, payment, take) : finished;
}

function endedOperation(before: Payment, after: Payment, { failureCode }: Step) {
  const { operation } = after;
  if (operation.id !== before.operation.id || operation.status === before.operation.status) return undefined;
  return { id: operation.id, status: operation.status, failureCode };
}

/** @throws Error when a payment that existed a moment ago does not */
export async function mustGet(flow: Flow, paymentId: string): Promise<Payment> {
  const payment = await flow.services.store.get(paymentId);
  if (payment === undefined) throw new Error(`Payment ${paymentId} is gone`);
  return payment;
}

/** Merges a snapshot and tells the operators what they must know of it. */
export function mergeSnapshot(flow: Flow, payment: Payment, snapshot: Snapshot): Merged {
  const merged = merge(payment, snapshot);
  const fields = { paymentId: payment.id, status: payment.status, providerStatus: snapshot.providerStatus };
  if (merged.mismatch) {
    flow.log.error('The provider contradicts the payment', { ...fields, field: merged.mismatch.field });
    flow.log.count('payment.mismatch');
  }
  if (merged.lateSuccess) {
    flow.log.error('Money turned up on a payment that had ended', fields);
    flow.log.count('payment.late_success');
    if (isGivenBack(flow, payment))
      return { ...merged, payment: { ...merged.payment, flags: [...payment.flags, 'late_success'] } };
  }
  if (merged.refused) flow.log.info('The snapshot brings no move', { ...fields, why: merged.refused });
  return merged;
}

/** Whether money that turned up late goes back; what a subscription charges is the provider's business. */
const isGivenBack = ({ services }: Flow, { flags, subscriptionId }: Payment): boolean =>
  services.config.lateSuccess === 'void_or_refund' &&
  subscriptionId === undefined &&
  !flags.includes('late_success');

/** The step that takes over what a snapshot says. */
export function mergedStep(payment: Payment, merged: Merged): Step {
  return { next: merged.changed ? merged.payment : payment, notes: merged };
}
