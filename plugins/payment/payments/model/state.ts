import { paymentStatus } from '#events/catalog/payment.ts';
import type * as z from 'zod/mini';

/** The status of a payment; our events use the same names. */
export type PaymentStatus = z.infer<typeof paymentStatus>;

export const paymentStatuses = paymentStatus.options;

/** The allowed transitions. Staying in a status is no transition and needs no entry. */
const moves: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  initiating: ['requires_action', 'approved', 'processing', 'authorized', 'succeeded', 'canceled', 'failed'],
  requires_action: ['approved', 'processing', 'authorized', 'succeeded', 'canceled', 'failed'],
  approved: ['requires_action', 'processing', 'authorized', 'succeeded', 'canceled', 'failed'],
  processing: ['requires_action', 'authorized', 'partially_captured', 'succeeded', 'canceled', 'failed'],
  authorized: ['processing', 'partially_captured', 'succeeded', 'canceled', 'failed'],
  partially_captured: ['succeeded'],
  succeeded: [],
  canceled: [],
  failed: [],
};

/** Statuses with authorized or captured money, which a canceled or failed payment may still reach late. */
const holdsMoney: readonly PaymentStatus[] = ['authorized', 'partially_captured', 'succeeded'];

export type Transition = 'stay' | 'move' | 'late_success' | 'refused';

/**
 * Compares the provider's status with ours. `late_success`: a payment that had ended without money was paid; only a
 * fetched object may show that. `refused`: the snapshot is older than our state.
 */
export function transition(from: PaymentStatus, to: PaymentStatus): Transition {
  if (from === to) return 'stay';
  if (moves[from].includes(to)) return 'move';
  if ((from === 'canceled' || from === 'failed') && holdsMoney.includes(to)) return 'late_success';
  return 'refused';
}

/** Whether no further change of the money is expected. */
export function isTerminal(status: PaymentStatus): boolean {
  return moves[status].length === 0;
}
