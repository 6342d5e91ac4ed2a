/** `inquiry`: a question before a dispute, no money has moved. `closed`: ended without winner, as a warning may. */
export const disputeStatuses = ['inquiry', 'open', 'under_review', 'won', 'lost', 'closed'] as const;
export type DisputeStatus = (typeof disputeStatuses)[number];

/** A dispute as the provider has it now. Amounts are ISO 4217 minor units. */
export interface DisputeSnapshot {
  readonly ref: string;
  /** `undefined`: a status that we do not know; changes nothing. */
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
  /** Until when evidence may be given, ISO 8601. */
  readonly dueBy?: string | undefined;
  /** Whether a refund is refused, or would be paid a second time, as long as it is open. */
  readonly blocksRefunds: boolean;
}
