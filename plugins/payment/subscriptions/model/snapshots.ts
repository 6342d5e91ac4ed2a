import type { NextAction, Snapshot } from '../../payments/model/snapshot.ts';
import type { SubscriptionStatus } from './subscription-status.ts';

/** A subscription as the provider has it now. */
export interface SubscriptionSnapshot {
  readonly ref: string;
  /** `undefined`: a status that we do not know; changes nothing. */
  readonly status: Exclude<SubscriptionStatus, 'initiating' | 'failed'> | undefined;
  /** Our subscription id as the object carries it. */
  readonly subscriptionId: string | undefined;
  readonly deployment?: string | undefined;
  readonly planId: string;
  /** How many of the plan; absent where the provider does not say. */
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
  /** What makes it one of its kind: Stripe's invoice, PayPal's sale. */
  readonly ref: string;
  readonly subscriptionRef: string;
  /** Whether it began the subscription, where the provider says so. */
  readonly initial?: boolean | undefined;
  /** The payment behind it as it is now; its `paymentId` may be undefined. Absent while nothing was charged. */
  readonly snapshot: Snapshot | undefined;
}
