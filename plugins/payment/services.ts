import type { InvocationContext } from '#runtime/contract/operation.ts';
import type { AuditStore } from './audit/persistence/audit-store.ts';
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

/** The dependencies of this plugin's operations. */
export interface Services {
  readonly stage: string;
  /** The deployment id that is recorded on the providers' objects. */
  readonly deployment: string;
  readonly config: PaymentConfig;
  /** Payments with the items of their partitions, the webhook inbox, and due items. */
  readonly store: PaymentStore & RefundStore & InboxStore & DueStore;
  readonly customers: AggregateStore<Customer, PaymentMethod>;
  readonly subscriptions: SubscriptionStore;
  readonly renewals: RenewalStore;
  readonly audit: AuditStore;
  provider(name: ProviderName): Promise<PaymentProvider>;
  now(): Date;
  newId(prefix: IdPrefix): string;
  /** Keys of list cursors: the first signs, all verify. */
  readonly cursorKeys: readonly Buffer[];
  /** Keys of stored webhook bodies: the first encrypts, all decrypt. */
  readonly sealKeys: readonly Buffer[];
  /** True once per minute and name, to limit how often something is published. */
  oncePerMinute(what: string): boolean;
  readonly health: HealthCheck;
  /**
   * Reconciles the subscriptions of a customer that was deleted at the provider.
   * @throws ProblemError 503 when the fetch fails
   */
  reconcileSubscriptionsOf(flow: Flow, customerId: string): Promise<void>;
}

/** One invocation: of an operation, a webhook or a schedule. */
export interface Flow extends InvocationContext<Services> {
  readonly cause: Cause;
  /** The actor in the log: the caller's subject, or the provider. */
  readonly actor: string;
}
