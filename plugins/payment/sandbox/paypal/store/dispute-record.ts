import type { MoneyResource } from './resource.ts';

/** PayPal's reasons for a dispute. */
export const DISPUTE_REASONS = [
  'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
  'MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED',
  'UNAUTHORISED',
  'CREDIT_NOT_PROCESSED',
  'DUPLICATE_TRANSACTION',
  'INCORRECT_AMOUNT',
  'PAYMENT_BY_OTHER_MEANS',
  'CANCELED_RECURRING_BILLING',
  'PROBLEM_WITH_REMITTANCE',
  'OTHER',
] as const;
export const DISPUTE_STAGES = ['INQUIRY', 'CHARGEBACK', 'PRE_ARBITRATION', 'ARBITRATION'] as const;
export const OPEN_STATUSES = [
  'OPEN',
  'WAITING_FOR_BUYER_RESPONSE',
  'WAITING_FOR_SELLER_RESPONSE',
  'UNDER_REVIEW',
] as const;

export type DisputeOutcome = 'RESOLVED_BUYER_FAVOUR' | 'RESOLVED_SELLER_FAVOUR' | 'CANCELED_BY_BUYER';

/** A payer's dispute of a capture. */
export interface DisputeRecord extends MoneyResource {
  readonly captureId: string;
  readonly reason: (typeof DISPUTE_REASONS)[number];
  readonly status: (typeof OPEN_STATUSES)[number] | 'RESOLVED';
  readonly stage: (typeof DISPUTE_STAGES)[number];
  readonly sellerDueAt: string;
  readonly outcome?: DisputeOutcome;
  /** What the payer got of it, once it is lost. */
  readonly takenMinor?: number;
}
