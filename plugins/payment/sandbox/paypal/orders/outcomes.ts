/**
 * What the payer's account does once the payer has approved: `declined-once` and `declined` refuse the capture or
 * authorization of the order, the others shape its captures.
 */
export const OUTCOMES = [
  'succeeds',
  'declined-once',
  'declined',
  'echeck',
  'echeck-denied',
  'review',
  'capture-declined',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Order amounts, in minor units, that choose an outcome in any currency. */
const RESERVED: Readonly<Record<number, Outcome>> = {
  10_001: 'declined-once',
  10_002: 'declined',
  10_003: 'echeck',
  10_004: 'echeck-denied',
  10_005: 'review',
  10_006: 'capture-declined',
};

/** The outcome of an order nobody chose one for. */
export function orderOutcomeOf(amountMinor: number): Outcome {
  return RESERVED[amountMinor] ?? 'succeeds';
}
