/** The status of a refund; `requested` and `in_doubt` are ours, the others map the provider's. */
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

/** The provider's current refund. Amounts are ISO 4217 minor units. */
export interface RefundSnapshot {
  /** The provider's id of the refund. */
  readonly ref: string;
  /** `undefined`: an unknown status; it changes nothing. */
  readonly status: Exclude<RefundStatus, 'requested' | 'in_doubt'> | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  /** The refunded capture, where the provider refunds captures and not payments. */
  readonly captureRef?: string | undefined;
  /** Our refund id as the object carries it; absent when it was made in the provider's dashboard. */
  readonly refundId: string | undefined;
  readonly reason?: string | undefined;
  readonly failureCode?: string | undefined;
}
