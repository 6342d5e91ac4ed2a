import { unprocessable } from '../api/errors.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { refundableMinor } from './refunds-of.ts';

/** How long after its capture money can be sent back. */
export const REFUND_WINDOW_MS = 180 * 24 * 3_600_000;

/** Refuses a refund that the capture does not allow. */
export function refuse(world: World, capture: CaptureRecord, amountMinor: number): void {
  if (capture.status === 'PENDING') {
    throw unprocessable('PENDING_CAPTURE', 'Cannot initiate a refund as the capture is pending.');
  }
  if (capture.status === 'DECLINED') {
    throw unprocessable('REFUND_NOT_ALLOWED', 'A capture that was declined cannot be refunded.');
  }
  const leftMinor = refundableMinor(world, capture);
  if (leftMinor <= 0) {
    throw unprocessable('CAPTURE_FULLY_REFUNDED', 'The capture has already been fully refunded.');
  }
  if (world.nowMs() > Date.parse(capture.createdAt) + REFUND_WINDOW_MS) {
    throw unprocessable(
      'REFUND_TIME_LIMIT_EXCEEDED',
      'You are over the time limit to perform a refund on this capture.',
    );
  }
  if (amountMinor > leftMinor) {
    throw unprocessable(
      'REFUND_AMOUNT_EXCEEDED',
      'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
      '/amount/value',
    );
  }
}
