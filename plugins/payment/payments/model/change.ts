import type { CallSource } from '#runtime/contract/operation.ts';
import { type ChainLink, linkTo } from '#runtime/hash-chain.ts';
import type { EventEnvelope } from '#events/catalog/index.ts';
import { isDeepStrictEqual } from 'node:util';
import { withReviewCleared, withNextCheck } from '../../reconciliation/model/payment-checks.ts';
import { type ChangeNotes, eventsOf } from './published-events.ts';
import { type LimitReservation, settledUses } from '../../limits/model/limits.ts';
import { type Cause, type LogEntry, type Payment, unwrittenEntry } from './payment.ts';
import { shownEntry } from './shown-entry.ts';

/** By whom, why and when a payment changes. */
export interface ChangeContext {
  readonly cause: Cause;
  readonly actor: string;
  readonly source?: CallSource | undefined;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly now: Date;
}

/** A change ready to be written: valid only as long as the stored version is still `before.version`. */
export interface Change {
  /** Undefined for a new payment. */
  readonly before: Payment | undefined;
  readonly after: Payment;
  /** Absent where only a lock or the time of the next check changes, and for a new payment. */
  readonly log?: LogEntry;
  /** The first entry, with the second. */
  readonly firstLog?: LogEntry | undefined;
  readonly events?: readonly EventEnvelope<unknown>[];
  /** What a new payment reserves of the limits of its day. */
  readonly limits?: readonly LimitReservation[];
}

/** A change of what clients see: with its log entry and events. */
export type LoggedChange = Change & Required<Pick<Change, 'log' | 'events'>>;

const UNLOGGED: ReadonlySet<string> = new Set([
  'version',
  'seq',
  'updatedAt',
  'activeOp',
  'metadata',
  'operation',
  'limitUses',
  'nextActionUrl',
  'createdBy',
  'traceparent',
  'logHash',
  'checks',
  'nextCheckAt',
]);

/**
 * Prepares a change for writing: the next version, the next outbox sequence when an event is published, one log
 * entry. Pure.
 * @param about what the log entry says otherwise
 */
export function changeOf(
  before: Payment,
  made: Payment,
  notes: ChangeNotes,
  context: ChangeContext,
  about: Partial<Pick<LogEntry, 'from'>> = {},
): LoggedChange {
  const at = context.now.toISOString();
  const next = withNextCheck(withReviewCleared(before, made), context.now);
  const events = eventsOf(before, next, notes, { ...context, occurredAt: at });
  const after: Payment = {
    ...next,
    ...(next.limitUses && { limitUses: settledUses(next) }),
    version: before.version + 1,
    seq: before.seq + (events.length > 0 ? 1 : 0),
    updatedAt: at,
    createdBy: undefined,
  };
  const firstLog = unwrittenEntry(before);
  const log = linked(before.logHash, { ...logOf(before, after, context), ...subjectOf(notes), ...about });
  return { before, after: { ...after, logHash: log.hash }, log, firstLog, events };
}

/** The entry as the next link of its payment's hash chain. */
function linked(previousHash: string | undefined, entry: LogEntry): LogEntry & ChainLink {
  const { hash } = linkTo(previousHash, shownEntry(entry));
  return { ...entry, ...(previousHash !== undefined && { previousHash }), hash };
}

/** What a new payment keeps of its trace: one that is not sampled has nothing to link to. */
export const createdIn = ({
  traceparent,
}: Pick<ChangeContext, 'traceparent'>): Pick<Payment, 'traceparent'> =>
  traceparent?.endsWith('-01') === true ? { traceparent } : {};

/** A new payment. Its first log entry is written with the second, so that the intent is one item to write. */
export function firstChange(
  payment: Payment,
  limits: readonly LimitReservation[],
  { cause, actor, source, requestId, traceparent }: ChangeContext,
): Change {
  const createdBy = {
    cause,
    actor,
    ...(source !== undefined && { source }),
    ...(requestId !== cause.id && { requestId }),
  };
  const made = { ...payment, createdBy, ...createdIn({ traceparent }) };
  const entry = unwrittenEntry(made);
  const logHash = entry && linked(undefined, entry).hash;
  return { before: undefined, after: { ...made, logHash }, limits };
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

function logOf(
  before: Payment,
  after: Payment,
  { cause, actor, source, requestId, now }: ChangeContext,
): LogEntry {
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
    ...(source !== undefined && { source }),
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
