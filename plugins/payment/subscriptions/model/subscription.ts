import type { SubscriptionSnapshot, SubscriptionStatus } from '../../providers/customers.ts';
import {
  type Call,
  NOT_ALLOWED,
  failedWith,
  isOpen,
  succeeded,
} from '../../engine/model/provider-command.ts';
import { type Fact } from '../../engine/model/event-envelopes.ts';
import { statusFacts } from './published-events.ts';
import { hasEnded, isLive, mayFollow } from './subscription-status.ts';

/** A subscription as it is stored. */
export interface Subscription {
  readonly id: string;
  /** The deployment that the provider's object names; a repeated request must name the same one. */
  readonly deployment?: string | undefined;
  readonly tenant: string;
  readonly provider: string;
  readonly livemode: boolean;
  readonly status: SubscriptionStatus;
  readonly customerId: string;
  readonly customerRef?: string | undefined;
  /** The provider's plan: Stripe's price, PayPal's plan. */
  readonly planId: string;
  readonly quantity: number;
  /** The provider's id of the saved method that it was begun with. */
  readonly methodRef?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** The provider's id; absent until its answer is known. */
  readonly ref?: string | undefined;
  readonly currentPeriodEnd?: string | undefined;
  readonly cancelAtPeriodEnd: boolean;
  readonly nextActionType?: string | undefined;
  /** Where the payer approves it; kept only where the address holds no secret. */
  readonly nextActionUrl?: string | undefined;
  /** How many charges have succeeded. */
  readonly charges: number;
  /** `mismatch`: the provider's object does not fit the subscription; a person must look. */
  readonly flags: readonly string[];
  /** The latest call: the create, or a cancel. */
  readonly call: Call;
  /** What a cancel under way asks for. */
  readonly cancel?: { readonly atPeriodEnd: boolean } | undefined;
  readonly version: number;
  readonly seq: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** That a charge was counted: one per charge of the provider, so that it is told of once. */
export interface Charge {
  /** The provider's id of the charge. */
  readonly id: string;
  readonly paymentId: string;
  readonly version: number;
  readonly countedAt: string;
}

export interface MergedSubscription {
  readonly subscription: Subscription;
  readonly facts: readonly Fact[];
  /** What contradicts; found now, or known before. */
  readonly mismatch?: 'subscriptionId' | 'ref' | 'livemode' | undefined;
  /** The snapshot's status does not follow on ours, or is none that we know. */
  readonly refused?: boolean | undefined;
}

/**
 * Merges the provider's current object into a subscription: status moves only along the table, and an object
 * that contradicts the subscription flags it instead of changing it. Pure.
 */
export function mergeSubscription(before: Subscription, snapshot: SubscriptionSnapshot): MergedSubscription {
  const mismatch = mismatchOf(before, snapshot);
  if (mismatch !== undefined) return { subscription: flagged(before), facts: [], mismatch };
  const { status } = snapshot;
  if (status === undefined || !mayFollow(before.status, status)) {
    const known = before.ref === undefined ? { ...before, ref: snapshot.ref } : before;
    return { subscription: known, facts: [], refused: true };
  }
  const merged: Subscription = {
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
  const subscription = settled(merged);
  return { subscription, facts: statusFacts(before, subscription) };
}

function mismatchOf(before: Subscription, snapshot: SubscriptionSnapshot): MergedSubscription['mismatch'] {
  if (snapshot.subscriptionId !== before.id) return 'subscriptionId';
  if (before.ref !== undefined && before.ref !== snapshot.ref) return 'ref';
  return before.livemode === snapshot.livemode ? undefined : 'livemode';
}

const flagged = (before: Subscription): Subscription =>
  before.flags.includes('mismatch') ? before : { ...before, flags: [...before.flags, 'mismatch'] };

/** What the object says of the call under way: a create has succeeded, and a cancel if it shows. */
function settled(after: Subscription): Subscription {
  const { call, cancel } = after;
  if (!isOpen(call)) return after;
  if (call.kind === 'resume') return settledResume(after);
  if (call.kind !== 'cancel') return { ...after, call: succeeded(call) };
  if (isCanceled(after, cancel?.atPeriodEnd ?? false))
    return { ...after, call: succeeded(call), cancel: undefined };
  return hasEnded(after.status)
    ? { ...after, call: failedWith(call, NOT_ALLOWED), cancel: undefined }
    : after;
}

function settledResume(after: Subscription): Subscription {
  const { call, status } = after;
  if (isGoingOn(after)) return { ...after, call: succeeded(call) };
  return hasEnded(status) ? { ...after, call: failedWith(call, NOT_ALLOWED) } : after;
}

/** Whether it lives, is not paused, and is not to end with its period. */
export const isGoingOn = ({
  status,
  cancelAtPeriodEnd,
}: Pick<Subscription, 'status' | 'cancelAtPeriodEnd'>): boolean =>
  isLive(status) && status !== 'paused' && status !== 'canceling' && !cancelAtPeriodEnd;

/**
 * Whether it is canceled as asked: what ended at once cannot end with its period any more. What never began has
 * nothing to cancel.
 */
export function isCanceled(
  { status, cancelAtPeriodEnd }: Pick<Subscription, 'status' | 'cancelAtPeriodEnd'>,
  atPeriodEnd: boolean,
): boolean {
  if (status === 'failed') return true;
  return atPeriodEnd ? cancelAtPeriodEnd : hasEnded(status);
}
