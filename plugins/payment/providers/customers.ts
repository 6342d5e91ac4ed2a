import type { subscriptionStatus } from '#events/catalog/subscription.ts';
import type * as z from 'zod/mini';
import type { NextAction, Snapshot } from '../payments/model/snapshot.ts';
import type { ProviderCall } from './provider.ts';

/** A saved way to pay as the provider has it: for display, never for charging by hand. */
export interface MethodSnapshot {
  readonly ref: string;
  /** `requires_action`: the payer still has to approve it at the provider. */
  readonly status: 'active' | 'requires_action' | 'detached';
  /** `card`, `paypal`, ... in the provider's words. */
  readonly type: string;
  readonly customerRef: string | undefined;
  readonly brand?: string | undefined;
  readonly last4?: string | undefined;
  readonly expMonth?: number | undefined;
  readonly expYear?: number | undefined;
  /** Our id of the customer as the object carries it, where it does. */
  readonly customerId?: string | undefined;
  readonly deployment?: string | undefined;
  readonly nextAction?: NextAction | undefined;
}

export interface CustomerRequest {
  readonly customerId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A customer as the provider has it. */
export interface CustomerSnapshot {
  readonly ref: string;
  readonly status: 'active' | 'deleted';
  /** Our customer id as the object carries it, and the deployment that wrote it. */
  readonly customerId?: string | undefined;
  readonly deployment?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}

/** What changes of a customer: what is left out stays, null clears. */
export interface CustomerUpdate {
  readonly ref: string;
  readonly email?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** Keys to set, and with null those to take away. */
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
}

export interface AttachRequest {
  readonly customerId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  /** The provider's id of the customer; absent where it gets one with its first method. */
  readonly customerRef: string | undefined;
  /** The provider's token of the method; absent where the payer is sent to the provider to approve one. */
  readonly token?: string | undefined;
  readonly returnUrl?: string | undefined;
}

/** Customers and their saved ways to pay. Methods reject with `ProviderError` only. */
export interface Customers {
  /** `ref` is undefined where the provider names a customer only with its first method. */
  create(request: CustomerRequest, call: ProviderCall): Promise<{ readonly ref: string | undefined }>;
  /**
   * The customer as it is now; undefined where the provider keeps nothing of a customer but its saved methods.
   * A deleted one is shown as such; one that never was is refused as `missing`.
   */
  retrieve(ref: string, call: ProviderCall): Promise<CustomerSnapshot | undefined>;
  /** The customer afterwards; undefined where the provider keeps nothing of it. */
  update(request: CustomerUpdate, call: ProviderCall): Promise<CustomerSnapshot | undefined>;
  /**
   * Deletes the customer with its saved methods; one that is gone already succeeds. Refused as `invalid`, code
   * `subscriptions_live`, while it has subscriptions at the provider that are not to be canceled with it.
   */
  delete(
    request: { readonly ref: string; readonly cancelSubscriptions: boolean },
    call: ProviderCall,
  ): Promise<void>;
  attach(request: AttachRequest, call: ProviderCall): Promise<MethodSnapshot>;
  retrieveMethod(ref: string, call: ProviderCall): Promise<MethodSnapshot>;
  listMethods(customerRef: string, call: ProviderCall): Promise<readonly MethodSnapshot[]>;
  /** Detaching what is gone already succeeds. */
  detach(ref: string, call: ProviderCall): Promise<void>;
}

/** `initiating` and `failed` are ours; `canceling` is an active one that ends with its period. */
export type SubscriptionStatus = z.infer<typeof subscriptionStatus>;

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
   * Takes a planned end back and lets a paused subscription go on; one that does go on is answered as it is.
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
