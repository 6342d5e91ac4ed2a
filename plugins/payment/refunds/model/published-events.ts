import {
  type EventContract,
  disputeClosed,
  disputeOpened,
  disputeUpdated,
  paymentReversed,
  refundCanceled,
  refundFailed,
  refundPending,
  refundSucceeded,
} from '#events/catalog/index.ts';
import { type Dispute, hasEnded } from '../../disputes/model/dispute.ts';
import type { Payment } from '../../payments/model/payment.ts';
import type { Refund, RefundPart } from './refund.ts';

/** One refund before and after a change. */
export interface RefundChange {
  readonly before: Refund | undefined;
  readonly after: Refund;
}

/** One dispute or reversal before and after a change. */
export interface DisputeChange {
  readonly before: Dispute | undefined;
  readonly after: Dispute;
}

type Named = { readonly type: string; readonly data: unknown };
const named = <D>(contract: EventContract<D>, data: D): Named => ({ type: contract.detailType, data });
const moneyOf = ({ currency }: Payment, amountMinor: number) => ({ amountMinor, currency });

/** The events of a change of a refund: one per part whose status changed. */
export function refundEvents(payment: Payment, { before, after }: RefundChange): readonly Named[] {
  return after.parts.flatMap((part) => {
    const was = before?.parts.find(({ id }) => id === part.id)?.status;
    return was === part.status ? [] : refundPartEvent(payment, after, part);
  });
}

function refundPartEvent(payment: Payment, refund: Refund, part: RefundPart): readonly Named[] {
  const { reason, origin, id: refundId } = refund;
  const common = {
    provider: payment.provider,
    providerRef: part.ref ?? null,
    refundId,
    refundAmount: moneyOf(payment, part.amountMinor),
    refundedTotal: moneyOf(payment, payment.refundedMinor),
    refundable: moneyOf(payment, payment.refundableMinor),
    origin,
  };
  switch (part.status) {
    case 'requested':
    case 'in_doubt':
      return [];
    case 'pending':
    case 'requires_action':
      return [named(refundPending, { ...common, ...(reason !== undefined && { reason }) })];
    case 'succeeded':
      return [named(refundSucceeded, { ...common, ...(reason !== undefined && { reason }) })];
    case 'failed':
      return [named(refundFailed, { ...common, failureReason: part.failureCode ?? 'unspecified' })];
    case 'canceled':
      return [named(refundCanceled, common)];
  }
}

/** The events of a change of a dispute or reversal. */
export function disputeEvents(payment: Payment, { before, after }: DisputeChange): readonly Named[] {
  const { provider, providerRef = null, refundBlocked = false } = payment;
  const amount = moneyOf(payment, after.amountMinor);
  const { ref, reason, status, stage, dueBy } = after;
  if (after.kind === 'reversal') {
    const data = { provider, providerRef, reversalId: ref, amount, reason };
    return before === undefined ? [named(paymentReversed, data)] : [];
  }
  const optional = { ...(stage !== undefined && { stage }), ...(dueBy !== undefined && { dueBy }) };
  const data = { provider, providerRef, disputeId: ref, amount, reason, status, refundBlocked, ...optional };
  const domainEvents: Named[] = [];
  if (before === undefined) domainEvents.push(named(disputeOpened, data));
  if (hasEnded(after)) {
    const outcome = status === 'won' || status === 'lost' ? status : 'withdrawn';
    if (before?.status !== status) domainEvents.push(named(disputeClosed, { ...data, outcome }));
  } else if (before !== undefined) domainEvents.push(named(disputeUpdated, data));
  return domainEvents;
}
