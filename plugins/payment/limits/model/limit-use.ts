/** What a payment takes of a daily allowance. Given back to the day on which it was taken. */
export interface LimitUse {
  /** `tenant`, or `customer:<id>`. */
  readonly scope: string;
  /** UTC, `20261124`. */
  readonly day: string;
  /** What counts for the payment now, in minor units of its currency; 0 once it has ended without money. */
  readonly countedMinor: number;
}
