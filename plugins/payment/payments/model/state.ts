import { paymentStatus } from '#events/catalog/payment.ts';
import type * as z from 'zod/mini';

/** Where the money of a payment stands; our events name the same states. */
export type PaymentStatus = z.infer<typeof paymentStatus>;

export const paymentStatuses = paymentStatus.options;

/** Which status may follow which. Staying in a status is not a move and needs no entry. */
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

/** Statuses that show money held or taken: what a canceled or failed payment may still turn out to have. */
const holdsMoney: readonly PaymentStatus[] = ['authorized', 'partially_captured', 'succeeded'];

export type Transition = 'stay' | 'move' | 'late_success' | 'refused';

/**
 * Judges what the provider shows against what we know. `late_success`: money turned up on a payment that had
 * ended without any; only an object fetched from the provider may say so. `refused`: the snapshot is older than
 * what we know.
 */
export function transition(from: PaymentStatus, to: PaymentStatus): Transition {
  if (from === to) return 'stay';
  if (moves[from].includes(to)) return 'move';
  if ((from === 'canceled' || from === 'failed') && holdsMoney.includes(to)) return 'late_success';
  return 'refused';
}

/** True when nothing more is expected to happen to the money. */
export function isTerminal(status: PaymentStatus): boolean {
  return moves[status].length === 0;
}
