import type { Renewal, SubscriptionSnapshot } from '../subscriptions/model/snapshots.ts';
import type { ProviderCall } from './provider-call.ts';

export interface SubscriptionRequest {
  readonly subscriptionId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  /** The provider's plan: Stripe's price, PayPal's plan. */
  readonly planId: string;
  readonly quantity: number;
  readonly customerRef: string | undefined;
  /** A saved method of the customer. */
  readonly methodRef?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Subscriptions. Methods reject with `ProviderError` only. */
export interface Subscriptions {
  create(request: SubscriptionRequest, call: ProviderCall): Promise<SubscriptionSnapshot>;
  retrieve(ref: string, call: ProviderCall): Promise<SubscriptionSnapshot>;
  /** Looks for the subscription of an intent whose answer was lost; undefined where there is none. */
  find(
    sought: {
      readonly subscriptionId: string;
      readonly customerRef: string | undefined;
      readonly createdAt: string;
    },
    call: ProviderCall,
  ): Promise<SubscriptionSnapshot | undefined>;
  /** `atPeriodEnd` is refused as `invalid` where the provider has no such thing: see `Capabilities`. */
  cancel(
    request: { readonly ref: string; readonly atPeriodEnd: boolean },
    call: ProviderCall,
  ): Promise<SubscriptionSnapshot>;
  /**
   * Takes a withNextCheck end back and lets a paused subscription go on; one that does go on is answered as it is.
   * `already_done` for one that has ended.
   */
  resume(request: { readonly ref: string }, call: ProviderCall): Promise<SubscriptionSnapshot>;
  /** A charge by its own id; `undefined`: not a charge of a subscription. */
  retrieveRenewal(ref: string, call: ProviderCall): Promise<Renewal | undefined>;
  /** The charges of a subscription since then, until now without more, for finding those no webhook told of. */
  listRenewals(
    query: { readonly ref: string; readonly since: Date; readonly until?: Date | undefined },
    call: ProviderCall,
  ): Promise<readonly Renewal[]>;
}
