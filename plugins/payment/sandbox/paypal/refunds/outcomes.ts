/** What becomes of a refund: at once, or first `PENDING` and then completed, failed, or as a control says. */
export type RefundOutcome = 'completes' | 'pending' | 'pending-fails' | 'review' | 'fails';

/** Refund amounts, in minor units, that choose an outcome in any currency. */
const RESERVED: Readonly<Record<number, RefundOutcome>> = {
  2003: 'pending',
  2004: 'pending-fails',
  2005: 'review',
  2006: 'fails',
};

/** The outcome of a refund by its amount. */
export function refundOutcomeOf(amountMinor: number): RefundOutcome {
  return RESERVED[amountMinor] ?? 'completes';
}
