import {
  type EventContract,
  type EventEnvelope,
  fraudWarning,
  paymentApproved,
  paymentAttemptFailed,
  paymentAuthorizationExpiring,
  paymentAuthorized,
  paymentCanceled,
  paymentCreated,
  paymentFailed,
  paymentInDoubt,
  paymentLateSuccess,
  paymentMismatch,
  paymentNeedsReview,
  paymentPartiallyCaptured,
  paymentProcessing,
  paymentRequiresAction,
  paymentSucceeded,
} from '#events/catalog/index.ts';
import type { Mismatch } from './merge.ts';
import {
  type DisputeChange,
  type RefundChange,
  disputeEvents,
  refundEvents,
} from '../../refunds/model/published-events.ts';
import type { Cause, Payment } from './payment.ts';

/** What is known of a change beyond the payment before and after it. */
export interface ChangeNotes {
  readonly attemptFailed?: boolean;
  readonly lateSuccess?: boolean;
  readonly mismatch?: Mismatch | undefined;
  readonly refunds?: readonly RefundChange[];
  readonly disputes?: readonly DisputeChange[];
  /** The authorization is about to expire. */
  readonly authorizationExpiring?: boolean;
  /** The reason for manual review. */
  readonly needsReview?: ReviewReason;
  /** The provider's id of a warning of fraud. */
  readonly warningRef?: string;
}

export type ReviewReason =
  | 'outcome_unknown'
  | 'still_processing'
  | 'not_undone'
  | 'not_abandoned'
  | 'object_missing';

export interface EventContext {
  readonly cause: Cause;
  readonly occurredAt: string;
  readonly traceparent: string | undefined;
}

type Named = { readonly type: string; readonly data: unknown };
const named = <D>(contract: EventContract<D>, data: D): Named => ({ type: contract.detailType, data });

/**
 * The events of one change, in order. They share its sequence number, and none may be published twice for one
 * version.
 */
export function eventsOf(
  before: Payment,
  after: Payment,
  notes: ChangeNotes,
  context: EventContext,
): readonly EventEnvelope<unknown>[] {
  const sequence = before.seq + 1;
  const { traceparent } = context;
  const domainEvents = domainEventsOf(before, after, notes, context.occurredAt);
  return domainEvents.map(({ type, data }, index) => ({
    id: `${after.id}:${sequence}:${index + 1}`,
    type,
    occurredAt: context.occurredAt,
    tenant: after.tenant,
    aggregate: { type: 'payment', id: after.id },
    sequence,
    ...(domainEvents.length > 1 && { eventsInChange: domainEvents.length }),
    cause: context.cause,
    ...(traceparent !== undefined && { traceparent }),
    data,
  }));
}

function domainEventsOf(before: Payment, after: Payment, notes: ChangeNotes, at: string): readonly Named[] {
  const common = commonOf(before, after);
  const domainEvents: Named[] = [];
  if (before.providerRef === undefined && after.providerRef !== undefined)
    domainEvents.push(createdEvent(after, common));
  if (notes.mismatch) domainEvents.push(named(paymentMismatch, { ...common, ...notes.mismatch }));
  if (notes.attemptFailed && after.failure) {
    const { code, declineCode } = after.failure;
    domainEvents.push(named(paymentAttemptFailed, { ...common, code, declineCode, attempt: after.attempts }));
  }
  for (const change of notes.refunds ?? []) domainEvents.push(...refundEvents(after, change));
  for (const change of notes.disputes ?? []) domainEvents.push(...disputeEvents(after, change));
  if (notes.authorizationExpiring && after.captureBefore !== undefined) {
    const { captureBefore, capturableMinor } = after;
    const capturable = moneyOf(after, capturableMinor);
    domainEvents.push(named(paymentAuthorizationExpiring, { ...common, capturable, captureBefore }));
  }
  if (notes.needsReview) domainEvents.push(named(paymentNeedsReview, { ...common, why: notes.needsReview }));
  if (notes.warningRef !== undefined)
    domainEvents.push(named(fraudWarning, { ...common, warningRef: notes.warningRef }));
  if (notes.lateSuccess) {
    const { authorizedMinor, capturedMinor } = after;
    const amounts = { authorized: moneyOf(after, authorizedMinor), captured: moneyOf(after, capturedMinor) };
    const goesBack = after.flags.includes('late_success');
    const action = goesBack ? ('void_or_refund' as const) : ('none' as const);
    domainEvents.push(named(paymentLateSuccess, { ...common, ...amounts, action }));
  }
  if (hasNews(before, after, notes)) domainEvents.push(...statusEvent(before, after, common));
  if (after.operation.status === 'in_doubt' && before.operation.status !== 'in_doubt') {
    const { operation, nextCheckAt } = after;
    domainEvents.push(
      named(paymentInDoubt, { ...common, operation: operation.kind, since: at, nextCheckAt }),
    );
  }
  for (const { before: was, after: refund } of notes.refunds ?? []) {
    if (refund.status !== 'in_doubt' || was?.status === 'in_doubt') continue;
    const { nextCheckAt } = after;
    const refundId = refund.id;
    domainEvents.push(
      named(paymentInDoubt, { ...common, operation: 'refund', refundId, since: at, nextCheckAt }),
    );
  }
  return domainEvents;
}

function commonOf(before: Payment, after: Payment) {
  return {
    provider: after.provider,
    providerRef: after.providerRef ?? null,
    previousStatus: before.seq === 0 ? null : before.status,
    status: after.status,
  };
}

type Common = ReturnType<typeof commonOf>;
const moneyOf = ({ currency }: Payment, amountMinor: number) => ({ amountMinor, currency });

/** A status event is published when the status or the captured amount changed, or the payer has to act again. */
function hasNews(before: Payment, after: Payment, notes: ChangeNotes): boolean {
  if (after.status !== before.status || after.capturedMinor > before.capturedMinor) return true;
  const asksAgain = notes.attemptFailed === true || before.nextActionType !== after.nextActionType;
  return after.status === 'requires_action' && asksAgain;
}

function createdEvent(after: Payment, common: Common): Named {
  const { captureMethod, orderReference, customerId, subscriptionId } = after;
  return named(paymentCreated, {
    ...common,
    amount: moneyOf(after, after.amountMinor),
    captureMethod,
    ...(orderReference !== undefined && { orderReference }),
    ...(customerId !== undefined && { customerId }),
    ...(subscriptionId !== undefined && { subscriptionId }),
  });
}

function statusEvent(before: Payment, after: Payment, common: Common): readonly Named[] {
  const { operation } = after;
  const captureId = operation.kind === 'capture' ? { captureId: operation.id } : {};
  const captured = moneyOf(after, after.capturedMinor);
  switch (after.status) {
    case 'initiating':
      return [];
    case 'requires_action':
      return [
        named(paymentRequiresAction, {
          ...common,
          actionType: after.nextActionType,
          attempts: after.attempts,
          lastDeclineCode: after.failure?.declineCode,
        }),
      ];
    case 'approved':
      return [named(paymentApproved, { ...common, captureMethod: after.captureMethod })];
    case 'processing':
      return [named(paymentProcessing, common)];
    case 'authorized':
      return [named(paymentAuthorized, { ...common, authorized: moneyOf(after, after.authorizedMinor) })];
    case 'partially_captured': {
      const captureAmount = moneyOf(after, after.capturedMinor - before.capturedMinor);
      const capturable = moneyOf(after, after.capturableMinor);
      return [
        named(paymentPartiallyCaptured, { ...common, ...captureId, captureAmount, captured, capturable }),
      ];
    }
    case 'succeeded':
      return [
        named(paymentSucceeded, { ...common, ...captureId, captured, final: after.capturableMinor === 0 }),
      ];
    case 'canceled': {
      const releasedAmount = moneyOf(after, after.authorizedMinor - after.capturedMinor);
      return [named(paymentCanceled, { ...common, reason: after.reason ?? 'unspecified', releasedAmount })];
    }
    case 'failed': {
      const { code, declineCode } = after.failure ?? { code: after.reason ?? 'failed' };
      return [named(paymentFailed, { ...common, code, declineCode, retryable: after.reason !== 'mismatch' })];
    }
  }
}
