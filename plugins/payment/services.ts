import type { InvocationContext } from '#runtime/contract/operation.ts';
import type { Cause } from './payments/model/payment.ts';
import type { PaymentConfig } from './config.ts';
import type { Customer, PaymentMethod } from './customers/model/customer.ts';
import type { IdPrefix } from './engine/model/ids.ts';
import type { PaymentStore } from './payments/persistence/payment-store.ts';
import type { HealthCheck } from './providers/health.ts';
import type { PaymentProvider } from './providers/provider.ts';
import type { ProviderName } from './providers/provider-call.ts';
import type { DueStore } from './reconciliation/persistence/due-store.ts';
import type { RefundStore } from './refunds/persistence/refund-store.ts';
import type { AggregateStore } from './store/aggregate-store.ts';
import type { InboxStore } from './store/inbox-store.ts';
import type { RenewalStore } from './subscriptions/persistence/renewal-store.ts';
import type { SubscriptionStore } from './subscriptions/persistence/subscription-store.ts';

/** What the operations of this plugin work with. */
export interface Services {
  readonly stage: string;
  /** What the providers' objects of this deployment name. */
  readonly deployment: string;
  readonly config: PaymentConfig;
  /** Payments, with what stands in their partitions, the inbox of webhooks, and what is due. */
  readonly store: PaymentStore & RefundStore & InboxStore & DueStore;
  readonly customers: AggregateStore<Customer, PaymentMethod>;
  readonly subscriptions: SubscriptionStore;
  readonly renewals: RenewalStore;
  provider(name: ProviderName): Promise<PaymentProvider>;
  now(): Date;
  newId(prefix: IdPrefix): string;
  /** Sign and verify list cursors, the first signs. */
  readonly cursorKeys: readonly Buffer[];
  /** Seal and open what is kept of the providers' events, the first seals. */
  readonly sealKeys: readonly Buffer[];
  /** True once per minute for each thing that could otherwise be told too often. */
  oncePerMinute(what: string): boolean;
  readonly health: HealthCheck;
  /**
   * Brings the subscriptions of a customer in line with the provider, once the customer is deleted there.
   * @throws ProblemError 503 when the provider cannot be asked
   */
  reconcileSubscriptionsOf(flow: Flow, customerId: string): Promise<void>;
}

/** One invocation: of an operation, a webhook or a schedule. */
export interface Flow extends InvocationContext<Services> {
  readonly cause: Cause;
  /** Who shows in the log: the caller's subject, or the provider. */
  readonly actor: string;
}
