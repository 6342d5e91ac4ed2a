import type { RefundSnapshot, RefundStatus } from './refund-snapshot.ts';

/** One provider call: the share of one capture where refunds are made per capture, otherwise the whole refund. */
export interface RefundPart {
  /** The refund's id, then `<id>-2`, ...: the provider's object carries it. */
  readonly id: string;
  readonly amountMinor: number;
  readonly status: RefundStatus;
  readonly providerKey: string;
  readonly attempt: number;
  readonly captureRef?: string | undefined;
  /** The provider's id of it; absent until its answer is known. */
  readonly ref?: string | undefined;
  readonly failureCode?: string | undefined;
}

/** A refund as it is stored. Amounts are ISO 4217 minor units. */
export interface Refund {
  readonly id: string;
  /** As on the payment; absent on refunds made at the provider. */
  readonly deployment?: string | undefined;
  readonly paymentId: string;
  readonly tenant: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly status: RefundStatus;
  readonly reason?: string | undefined;
  /** `provider`: made at the provider, such as in its dashboard. */
  readonly origin: 'api' | 'provider';
  readonly parts: readonly RefundPart[];
  /** Epoch milliseconds until which the invocation that executes it may still be alive. */
  readonly lockUntil: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Statuses that reserve the amount until the outcome is known. */
const OPEN: ReadonlySet<RefundStatus> = new Set(['requested', 'in_doubt', 'pending', 'requires_action']);

export const isOpen = ({ status }: Pick<RefundPart, 'status'>): boolean => OPEN.has(status);

/** The allowed transitions: a successful refund may still fail, and one that failed here may turn out otherwise. */
const moves: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  requested: ['in_doubt', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled'],
  in_doubt: ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'],
  pending: ['requires_action', 'succeeded', 'failed', 'canceled'],
  requires_action: ['pending', 'succeeded', 'failed', 'canceled'],
  succeeded: ['failed', 'canceled'],
  failed: ['pending', 'succeeded'],
  canceled: [],
};

/** The part with a snapshot merged in; the same object when its status does not change. */
export function withSnapshot(part: RefundPart, snapshot: RefundSnapshot): RefundPart {
  const { status = part.status, ref, captureRef, failureCode } = snapshot;
  const moved = status !== part.status && moves[part.status].includes(status);
  // A part that failed at the provider stays failed; one that was only failed here may change.
  const revived = part.status === 'failed' && part.ref !== undefined;
  const next = moved && !revived ? status : part.status;
  if (next === part.status && (part.ref !== undefined || status === undefined)) return part;
  return {
    ...part,
    status: next,
    ref: part.ref ?? ref,
    captureRef: part.captureRef ?? captureRef,
    failureCode: next === 'failed' ? failureCode : undefined,
  };
}

/** The status of a refund by those of its parts. */
export function statusOf(parts: readonly RefundPart[]): RefundStatus {
  const open = (['in_doubt', 'requested', 'requires_action', 'pending'] as const).find((status) =>
    parts.some((part) => part.status === status),
  );
  if (open !== undefined) return open;
  if (parts.some(({ status }) => status === 'succeeded')) return 'succeeded';
  return parts.some(({ status }) => status === 'failed') ? 'failed' : 'canceled';
}

/** The refunded amount, in minor units. */
export function arrivedMinor({ parts }: Refund): number {
  return parts.reduce((sum, { status, amountMinor }) => sum + (status === 'succeeded' ? amountMinor : 0), 0);
}

/** The refund with new parts. */
export function withParts(refund: Refund, parts: readonly RefundPart[], at: string): Refund {
  return { ...refund, parts, status: statusOf(parts), updatedAt: at };
}
