import type { SubscriptionSnapshot } from './snapshots.ts';
import { NOT_ALLOWED, failedWith, isOpen, succeeded } from '../../engine/model/provider-command.ts';
import { type DomainEvent } from '../../engine/model/event-envelopes.ts';
import { subscriptionEvents } from './published-events.ts';
import { hasEnded, isLive, mayFollow } from './subscription-status.ts';

import type { Subscription } from './subscription.ts';

export interface MergedSubscription {
  readonly subscription: Subscription;
  readonly domainEvents: readonly DomainEvent[];
  /** The contradicting member; new, or flagged before. */
  readonly mismatch?: 'subscriptionId' | 'ref' | 'livemode' | undefined;
  /** The snapshot's status is unknown, or no allowed transition from ours. */
  readonly refused?: boolean | undefined;
}

/**
 * Merges the provider's current object into a subscription: the status changes only along the transition table, and
 * a mismatch flags the subscription instead of changing it. Pure.
 */
export function mergeSubscription(before: Subscription, snapshot: SubscriptionSnapshot): MergedSubscription {
  const mismatch = mismatchOf(before, snapshot);
  if (mismatch !== undefined) return { subscription: flagged(before), domainEvents: [], mismatch };
  const { status } = snapshot;
  if (status === undefined || !mayFollow(before.status, status)) {
    const known = before.ref === undefined ? { ...before, ref: snapshot.ref } : before;
    return { subscription: known, domainEvents: [], refused: true };
  }
  const updated: Subscription = {
    ...before,
    status,
    ref: snapshot.ref,
    planId: snapshot.planId === '' ? before.planId : snapshot.planId,
    quantity: snapshot.quantity ?? before.quantity,
    customerRef: before.customerRef ?? snapshot.customerRef,
    currentPeriodEnd: snapshot.currentPeriodEnd ?? before.currentPeriodEnd,
    cancelAtPeriodEnd: snapshot.cancelAtPeriodEnd,
    nextActionType: status === 'incomplete' ? snapshot.nextAction?.type : undefined,
    nextActionUrl: status === 'incomplete' ? snapshot.nextAction?.url : undefined,
  };
  const subscription = withCommandOutcome(updated);
  return { subscription, domainEvents: subscriptionEvents(before, subscription) };
}

function mismatchOf(before: Subscription, snapshot: SubscriptionSnapshot): MergedSubscription['mismatch'] {
  if (snapshot.subscriptionId !== before.id) return 'subscriptionId';
  if (before.ref !== undefined && before.ref !== snapshot.ref) return 'ref';
  return before.livemode === snapshot.livemode ? undefined : 'livemode';
}

const flagged = (before: Subscription): Subscription =>
  before.flags.includes('mismatch') ? before : { ...before, flags: [...before.flags, 'mismatch'] };

/** The status of the open command by the object: a create has succeeded, a cancel only if the object shows it. */
function withCommandOutcome(after: Subscription): Subscription {
  const { call, cancel } = after;
  if (!isOpen(call)) return after;
  if (call.kind === 'resume') return withResumeOutcome(after);
  if (call.kind !== 'cancel') return { ...after, call: succeeded(call) };
  if (isCanceled(after, cancel?.atPeriodEnd ?? false))
    return { ...after, call: succeeded(call), cancel: undefined };
  return hasEnded(after.status)
    ? { ...after, call: failedWith(call, NOT_ALLOWED), cancel: undefined }
    : after;
}

function withResumeOutcome(after: Subscription): Subscription {
  const { call, status } = after;
  if (isGoingOn(after)) return { ...after, call: succeeded(call) };
  return hasEnded(status) ? { ...after, call: failedWith(call, NOT_ALLOWED) } : after;
}

/** Whether it is live, not paused, and not canceled at the end of its period. */
export const isGoingOn = ({
  status,
  cancelAtPeriodEnd,
}: Pick<Subscription, 'status' | 'cancelAtPeriodEnd'>): boolean =>
  isLive(status) && status !== 'paused' && status !== 'canceling' && !cancelAtPeriodEnd;

/**
 * Whether it is canceled as requested: one that ended immediately can no longer end with its period, and one that
 * never started has nothing to cancel.
 */
export function isCanceled(
  { status, cancelAtPeriodEnd }: Pick<Subscription, 'status' | 'cancelAtPeriodEnd'>,
  atPeriodEnd: boolean,
): boolean {
  if (status === 'failed') return true;
  return atPeriodEnd ? cancelAtPeriodEnd : hasEnded(status);
}
