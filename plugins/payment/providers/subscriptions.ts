import type { Renewal, SubscriptionSnapshot } from '../subscriptions/model/snapshots.ts';
import type { ProviderCall } from './provider-call.ts';

/** A subscription to create. */
export interface SubscriptionRequest {
  readonly subscriptionId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  /** The provider's plan: a Stripe price or a PayPal plan. */
  readonly planId: string;
  readonly quantity: number;
  readonly customerRef: string | undefined;
  /** The provider's id of a saved method of the customer. */
  readonly methodRef?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Subscriptions. Methods reject with `ProviderError` only. */
export interface Subscriptions {
  /** Creates a subscription. */
  create(request: SubscriptionRequest, call: ProviderCall): Promise<SubscriptionSnapshot>;
  /** Fetches a subscription. */
  retrieve(ref: string, call: ProviderCall): Promise<SubscriptionSnapshot>;
  /** Looks up a subscription whose creation response was lost; undefined when there is none. */
  find(
    sought: {
      readonly subscriptionId: string;
      readonly customerRef: string | undefined;
      readonly createdAt: string;
    },
    call: ProviderCall,
  ): Promise<SubscriptionSnapshot | undefined>;
  /**
   * Cancels a subscription now or at the end of its period.
   * @throws ProviderError `invalid` for `atPeriodEnd` without that capability, see `Capabilities`
   */
  cancel(
    request: { readonly ref: string; readonly atPeriodEnd: boolean },
    call: ProviderCall,
  ): Promise<SubscriptionSnapshot>;
  /**
   * Revokes a scheduled cancellation, and resumes a paused subscription; an active one is returned unchanged.
   * @throws ProviderError `already_done` for one that has ended
   */
  resume(request: { readonly ref: string }, call: ProviderCall): Promise<SubscriptionSnapshot>;
  /** Fetches a charge by its id; undefined when it is not a charge of a subscription. */
  retrieveRenewal(ref: string, call: ProviderCall): Promise<Renewal | undefined>;
  /** The charges of a subscription from `since` until `until` or now, to find those that no webhook reported. */
  listRenewals(
    query: { readonly ref: string; readonly since: Date; readonly until?: Date | undefined },
    call: ProviderCall,
  ): Promise<readonly Renewal[]>;
}
