import type { PluginEnvironment } from '#runtime/contract/plugin.ts';
import { documentClient } from '#runtime/aws.ts';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { PaymentConfig } from './config.ts';
import { cursorKeys } from './api/cursor.ts';
import { sealKeys } from './webhooks/model/sealed.ts';
import { type IdPrefix, createId } from './engine/model/ids.ts';
import { type HealthCheck, providersHealth } from './providers/health.ts';
import { configuredNames } from './providers/configured.ts';
import { lazyProviders } from './providers/index.ts';
import { type PaymentProvider, type ProviderName, providerNames } from './providers/provider.ts';
import type { Customer, PaymentMethod } from './customers/model/customer.ts';
import type { AggregateStore } from './store/aggregate-store.ts';
import { dynamoCustomers } from './customers/persistence/dynamodb-customers.ts';
import { dynamoRenewals } from './subscriptions/persistence/dynamodb-renewals.ts';
import { dynamoSubscriptions } from './subscriptions/persistence/dynamodb-subscriptions.ts';
import { dynamoStore } from './payments/persistence/dynamodb-payments.ts';
import type { RenewalStore } from './subscriptions/persistence/renewal-store.ts';
import type { PaymentStore } from './payments/persistence/payment-store.ts';
import type { SubscriptionStore } from './subscriptions/persistence/subscription-store.ts';

/** What the operations of this plugin work with. */
export interface Services {
  readonly stage: string;
  /** What the providers' objects of this deployment name. */
  readonly deployment: string;
  readonly config: PaymentConfig;
  readonly store: PaymentStore;
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
}

export interface ServiceParts {
  readonly client?: DynamoDBDocumentClient;
  readonly provider?: (name: ProviderName) => Promise<PaymentProvider>;
}

/**
 * Wires the plugin for one configuration. Tests pass a client or a provider of their own.
 * @throws Error when the configuration sends real traffic to another host outside of stage `local`
 */
export function createServices(
  config: PaymentConfig,
  environment: PluginEnvironment,
  { client = documentClient(), provider = lazyProviders(config) }: ServiceParts = {},
): Services {
  const { stage, deployment } = environment;
  for (const name of providerNames) {
    if (config[name]?.apiBase === undefined || stage === 'local') continue;
    throw new Error(`${name}.apiBase is for stage "local" only: remove it from the configuration`);
  }
  const now = (): Date => environment.now();
  const table = environment.table('payments');
  return {
    stage,
    deployment,
    config,
    store: dynamoStore({ client, table, now }),
    customers: dynamoCustomers({ client, table, now }),
    subscriptions: dynamoSubscriptions({ client, table, now }),
    renewals: dynamoRenewals({ client, table, now }),
    provider,
    now,
    newId: (prefix) => createId(prefix, now().getTime()),
    cursorKeys: cursorKeys(derivationSecrets(config)),
    sealKeys: sealKeys(derivationSecrets(config)),
    oncePerMinute: oncePerMinute(now),
    health: providersHealth(configuredNames(config), provider, now),
  };
}

/** The webhook secrets of Stripe, which rotate with an overlap; PayPal has none, so its client secret stands in. */
function derivationSecrets({ stripe, paypal }: PaymentConfig): readonly string[] {
  return [...[stripe?.webhookSecret ?? []].flat(), ...(paypal === undefined ? [] : [paypal.clientSecret])];
}

function oncePerMinute(now: () => Date): Services['oncePerMinute'] {
  const minutes = new Map<string, number>();
  return (what) => {
    const minute = Math.floor(now().getTime() / 60_000);
    if (minutes.get(what) === minute) return false;
    minutes.set(what, minute);
    return true;
  };
}
