import type { RefundSnapshot, RefundStatus } from './refund-snapshot.ts';

/** One call to the provider: the money of one capture, where refunds are made per capture, else all of it. */
export interface RefundPart {
  /** The refund's id, then `<id>-2`, ...: what the provider's object carries. */
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

/** Money that goes back to the payer, as it is stored. Amounts are ISO 4217 minor units. */
export interface Refund {
  readonly id: string;
  /** As on the payment; absent on refunds that were made elsewhere. */
  readonly deployment?: string | undefined;
  readonly paymentId: string;
  readonly tenant: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly status: RefundStatus;
  readonly reason?: string | undefined;
  /** `provider`: made elsewhere, as in the provider's dashboard. */
  readonly origin: 'api' | 'provider';
  readonly parts: readonly RefundPart[];
  /** Epoch milliseconds until which the invocation that works on it may still be alive. */
  readonly lockUntil: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Money that may still go back, or comes back into the room. */
const OPEN: ReadonlySet<RefundStatus> = new Set(['requested', 'in_doubt', 'pending', 'requires_action']);

export const isOpen = ({ status }: Pick<RefundPart, 'status'>): boolean => OPEN.has(status);

/** Which status may follow which; what succeeded may still fail, what ended without money may turn out otherwise. */
const moves: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  requested: ['in_doubt', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled'],
  in_doubt: ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'],
  pending: ['requires_action', 'succeeded', 'failed', 'canceled'],
  requires_action: ['pending', 'succeeded', 'failed', 'canceled'],
  succeeded: ['failed', 'canceled'],
  failed: ['pending', 'succeeded'],
  canceled: [],
};

/** The part as the provider shows it; the very same part when that brings no move. */
export function withSnapshot(part: RefundPart, snapshot: RefundSnapshot): RefundPart {
  const { status = part.status, ref, captureRef, failureCode } = snapshot;
  const moved = status !== part.status && moves[part.status].includes(status);
  // What failed for good at the provider stays so; only what we gave up ourselves may come back.
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

/** What the parts of a refund come to. */
export function statusOf(parts: readonly RefundPart[]): RefundStatus {
  const open = (['in_doubt', 'requested', 'requires_action', 'pending'] as const).find((status) =>
    parts.some((part) => part.status === status),
  );
  if (open !== undefined) return open;
  if (parts.some(({ status }) => status === 'succeeded')) return 'succeeded';
  return parts.some(({ status }) => status === 'failed') ? 'failed' : 'canceled';
}

/** How much of a refund has arrived. */
export function arrivedMinor({ parts }: Refund): number {
  return parts.reduce((sum, { status, amountMinor }) => sum + (status === 'succeeded' ? amountMinor : 0), 0);
}

/** The refund with another state of its parts. */
export function withParts(refund: Refund, parts: readonly RefundPart[], at: string): Refund {
  return { ...refund, parts, status: statusOf(parts), updatedAt: at };
}
