import type { Labels } from './records.ts';

/** Money that went back from a capture, or is on its way; amounts are minor units. */
export interface RefundRecord extends Labels {
  readonly id: string;
  readonly captureId: string;
  readonly status: 'PENDING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  /** PayPal took the money, not the merchant gave it. */
  readonly reversal: boolean;
  readonly currency: string;
  readonly amountMinor: number;
  readonly noteToPayer?: string | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}
