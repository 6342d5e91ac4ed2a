import type { NextAction, Snapshot } from '../../payments/model/snapshot.ts';
import type { SubscriptionStatus } from './subscription-status.ts';

/** The provider's current subscription. */
export interface SubscriptionSnapshot {
  readonly ref: string;
  /** `undefined`: an unknown status; it changes nothing. */
  readonly status: Exclude<SubscriptionStatus, 'initiating' | 'failed'> | undefined;
  /** Our subscription id as the object carries it. */
  readonly subscriptionId: string | undefined;
  readonly deployment?: string | undefined;
  readonly planId: string;
  /** The quantity of the plan; absent where the provider does not report it. */
  readonly quantity?: number | undefined;
  readonly customerRef: string | undefined;
  readonly livemode: boolean;
  /** ISO 8601. */
  readonly currentPeriodEnd?: string | undefined;
  readonly cancelAtPeriodEnd: boolean;
  readonly nextAction?: NextAction | undefined;
  /** For the answer to the client only: never stored, logged or published. */
  readonly clientSecret?: string | undefined;
}

/** One charge of a subscription. */
export interface Renewal {
  /** The provider's id of the charge: a Stripe invoice or a PayPal sale. */
  readonly ref: string;
  readonly subscriptionRef: string;
  /** Whether it is the first charge, where the provider reports that. */
  readonly initial?: boolean | undefined;
  /** The current payment of the charge, whose `paymentId` may be undefined; absent while nothing was charged. */
  readonly snapshot: Snapshot | undefined;
}
