import type { ProviderCommand } from '../../engine/model/provider-command.ts';
import type { SubscriptionStatus } from './subscription-status.ts';

/** A subscription as it is stored. */
export interface Subscription {
  readonly id: string;
  /** The deployment that the provider's object names; a repeated request must name the same one. */
  readonly deployment?: string | undefined;
  readonly tenant: string;
  readonly provider: string;
  readonly livemode: boolean;
  readonly status: SubscriptionStatus;
  readonly customerId: string;
  readonly customerRef?: string | undefined;
  /** The provider's plan: Stripe's price, PayPal's plan. */
  readonly planId: string;
  readonly quantity: number;
  /** The provider's id of the saved method it was created with. */
  readonly methodRef?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** The provider's id; absent until its answer is known. */
  readonly ref?: string | undefined;
  readonly currentPeriodEnd?: string | undefined;
  readonly cancelAtPeriodEnd: boolean;
  readonly nextActionType?: string | undefined;
  /** Where the payer approves it; kept only where the address holds no secret. */
  readonly nextActionUrl?: string | undefined;
  /** How many charges have succeeded. */
  readonly charges: number;
  /** `mismatch`: the provider's object contradicts the subscription, which needs manual review. */
  readonly flags: readonly string[];
  /** The latest call: the create, or a cancel. */
  readonly call: ProviderCommand;
  /** The options of an open cancel. */
  readonly cancel?: { readonly atPeriodEnd: boolean } | undefined;
  readonly version: number;
  readonly seq: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The record that a charge was counted, so that it is published once. */
export interface Charge {
  /** The provider's id of the charge. */
  readonly id: string;
  readonly paymentId: string;
  readonly version: number;
  readonly countedAt: string;
}
