import type { EventEnvelope } from '#events/catalog/index.ts';
import { isDeepStrictEqual } from 'node:util';
import { withReviewCleared, withNextCheck } from '../../reconciliation/model/payment-checks.ts';
import { type ChangeNotes, eventsOf } from './published-events.ts';
import { settledUses } from '../../limits/model/limits.ts';
import type { Cause, LogEntry, Payment } from './payment.ts';

/** By whom, why and when a payment changes. */
export interface ChangeContext {
  readonly cause: Cause;
  readonly actor: string;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly now: Date;
}

/** A change ready to be written: valid only as long as the stored version is still `before.version`. */
export interface Change {
  readonly before: Payment;
  readonly after: Payment;
  readonly log: LogEntry;
  readonly events: readonly EventEnvelope<unknown>[];
}

const UNLOGGED: ReadonlySet<string> = new Set([
  'version',
  'seq',
  'updatedAt',
  'activeOp',
  'metadata',
  'operation',
  'limitUses',
  'nextActionUrl',
  'checks',
  'nextCheckAt',
]);

/**
 * Prepares a change for writing: the next version, the next outbox sequence when an event is published, one log
 * entry. Pure.
 */
export function changeOf(before: Payment, made: Payment, notes: ChangeNotes, context: ChangeContext): Change {
  const at = context.now.toISOString();
  const next = withNextCheck(withReviewCleared(before, made), context.now);
  const events = eventsOf(before, next, notes, { ...context, occurredAt: at });
  const after: Payment = {
    ...next,
    ...(next.limitUses && { limitUses: settledUses(next) }),
    version: before.version + 1,
    seq: before.seq + (events.length > 0 ? 1 : 0),
    updatedAt: at,
  };
  const log = { ...logOf(before, after, context), ...subjectOf(notes) };
  return { before, after, log, events };
}

/** The first log entry of a payment, written with it. */
export function firstLog(payment: Payment, context: ChangeContext): LogEntry {
  const { amountMinor, currency } = payment;
  return { ...logOf(payment, payment, context), from: null, delta: { amountMinor, currency } };
}

/** The log entry names the refund or dispute that changed, and otherwise the operation. */
function subjectOf({ refunds: [refund] = [], disputes: [dispute] = [] }: ChangeNotes): Partial<LogEntry> {
  if (refund !== undefined) {
    const { id: refundId, status } = refund.after;
    return { operation: { kind: 'refund', status }, refundId };
  }
  if (dispute === undefined) return {};
  const { ref: disputeId, status, kind } = dispute.after;
  return { operation: { kind, status }, disputeId };
}

function logOf(before: Payment, after: Payment, { cause, actor, requestId, now }: ChangeContext): LogEntry {
  const { kind, status } = after.operation;
  return {
    paymentId: after.id,
    tenant: after.tenant,
    version: after.version,
    from: before.status,
    to: after.status,
    operation: { kind, status },
    delta: deltaOf(before, after),
    cause,
    actor,
    requestId,
    at: now.toISOString(),
  };
}

function deltaOf(before: Payment, after: Payment): Readonly<Record<string, unknown>> {
  const old = before as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => !UNLOGGED.has(name) && value !== undefined && !isDeepStrictEqual(value, old[name]),
    ),
  );
}
