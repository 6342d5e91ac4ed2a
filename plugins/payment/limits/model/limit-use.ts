/** What a payment counts against a daily limit. It is released to the same day on which it was reserved. */
export interface LimitUse {
  /** `tenant`, or `customer:<id>`. */
  readonly scope: string;
  /** UTC, `20261124`. */
  readonly day: string;
  /** What the payment counts now, in minor units of its currency; 0 once it has ended without money. */
  readonly countedMinor: number;
}
