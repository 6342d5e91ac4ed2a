/** Where a refund stands; `requested` and `in_doubt` are ours, the others the provider's in our words. */
export const refundStatuses = [
  'requested',
  'in_doubt',
  'pending',
  'requires_action',
  'succeeded',
  'failed',
  'canceled',
] as const;
export type RefundStatus = (typeof refundStatuses)[number];

/** A refund as the provider has it now. Amounts are ISO 4217 minor units. */
export interface RefundSnapshot {
  /** The provider's id of the refund. */
  readonly ref: string;
  /** `undefined`: a status that we do not know; changes nothing. */
  readonly status: Exclude<RefundStatus, 'requested' | 'in_doubt'> | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  /** The capture whose money goes back, where the provider refunds captures and not payments. */
  readonly captureRef?: string | undefined;
  /** Our id of the refund as the object carries it; absent when it was made elsewhere, as in a dashboard. */
  readonly refundId: string | undefined;
  readonly reason?: string | undefined;
  readonly failureCode?: string | undefined;
}
