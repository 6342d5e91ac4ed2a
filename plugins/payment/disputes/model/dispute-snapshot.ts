/**
 * `inquiry`: a question before a dispute, no money has moved. `closed`: ended without a decision, as a warning may.
 */
export const disputeStatuses = ['inquiry', 'open', 'under_review', 'won', 'lost', 'closed'] as const;
export type DisputeStatus = (typeof disputeStatuses)[number];

/** The provider's current dispute. Amounts are ISO 4217 minor units. */
export interface DisputeSnapshot {
  readonly ref: string;
  /** `undefined`: an unknown status; it changes nothing. */
  readonly status: DisputeStatus | undefined;
  /** The provider's stage, such as `chargeback`, where it names one. */
  readonly stage?: string | undefined;
  readonly reason: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly livemode: boolean;
  /** The payment's own reference, where the dispute names it. */
  readonly paymentRef?: string | undefined;
  /** The capture that is disputed, where the provider disputes captures and not payments. */
  readonly captureRef?: string | undefined;
  /** The deadline for evidence, ISO 8601. */
  readonly dueBy?: string | undefined;
  /** Whether the provider rejects refunds while the dispute is open, or a refund could pay the payer twice. */
  readonly blocksRefunds: boolean;
}
