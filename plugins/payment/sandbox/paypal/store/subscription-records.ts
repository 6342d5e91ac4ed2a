import type { Resource } from './resource.ts';

/** What is sold, as the merchant described it. */
export interface ProductRecord extends Resource {
  readonly fields: Readonly<Record<string, unknown>>;
}

export const INTERVAL_UNITS = ['DAY', 'WEEK', 'MONTH', 'YEAR'] as const;

/** One kind of period of a plan; `totalCycles` 0 never ends, a price of 0 is free. */
export interface BillingCycle {
  readonly tenure: 'REGULAR' | 'TRIAL';
  readonly sequence: number;
  readonly totalCycles: number;
  readonly unit: (typeof INTERVAL_UNITS)[number];
  readonly count: number;
  readonly priceMinor: number;
}

/** When and how much subscribers pay. */
export interface PlanRecord extends Resource {
  readonly productId: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly status: 'CREATED' | 'ACTIVE' | 'INACTIVE';
  readonly currency: string;
  /** In the order of their sequence. */
  readonly cycles: readonly BillingCycle[];
  readonly quantitySupported: boolean;
  readonly autoBillOutstanding: boolean;
  readonly setupFeeMinor: number;
  readonly setupFeeFailure: 'CONTINUE' | 'CANCEL';
  /** So many failures one after another suspend a subscription; 0 never does. */
  readonly failureThreshold: number;
}

/** Money at a time, on the sandbox's clock. */
interface PaidAt {
  readonly amountMinor: number;
  readonly at: string;
}

/** A payer's subscription to a plan. */
export interface SubscriptionRecord extends Resource {
  readonly planId: string;
  readonly status: 'APPROVAL_PENDING' | 'ACTIVE' | 'SUSPENDED' | 'CANCELLED' | 'EXPIRED';
  readonly note?: string | undefined;
  readonly statusAt: string;
  readonly startAt: string;
  readonly quantity: number;
  readonly customId?: string | undefined;
  readonly email?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly cancelUrl?: string | undefined;
  /** Where billing stands: the cycle of the plan, when it began, and its periods that are over or paid. */
  readonly cycle: number;
  readonly cycleFrom: string;
  readonly periods: number;
  /** Periods that were paid, or free, by cycle. */
  readonly completed: readonly number[];
  /** When the next period is billed; absent when none is. */
  readonly nextAt?: string | undefined;
  /** A charge that failed and is tried again. */
  readonly retry?:
    | { readonly amountMinor: number; readonly cycle: number; readonly times: number }
    | undefined;
  readonly failures: number;
  readonly outstandingMinor: number;
  readonly lastPayment?: PaidAt | undefined;
  readonly lastFailure?: (PaidAt & { readonly retryAt?: string | undefined }) | undefined;
  /** So many charges to come fail, by a tester's wish. */
  readonly failNext: number;
  readonly saleIds: readonly string[];
}
