import type { PluginEnvironment } from '#runtime/contract/plugin.ts';
import type { DocumentClient } from '#runtime/aws/document-types.ts';
import { documentClient } from '#runtime/aws/documents.ts';
import type { PaymentConfig } from './config.ts';
import { dynamoAudit } from './audit/persistence/dynamodb-audit.ts';
import { cursorKeys } from './api/cursor.ts';
import { sealKeys } from './webhooks/sealed.ts';
import { createId } from './engine/model/ids.ts';
import { providersHealth } from './providers/health.ts';
import { configuredNames } from './providers/configured.ts';
import type manifest from './plugin.json';
import { lazyProviders } from './providers/index.ts';
import { type PaymentProvider } from './providers/provider.ts';
import { type ProviderName, providerNames } from './providers/provider-call.ts';
import { dynamoCustomers } from './customers/persistence/dynamodb-customers.ts';
import { dynamoRenewals } from './subscriptions/persistence/dynamodb-renewals.ts';
import { dynamoSubscriptions } from './subscriptions/persistence/dynamodb-subscriptions.ts';
import { dynamoDue } from './reconciliation/persistence/dynamodb-due.ts';
import { dynamoRefunds } from './refunds/persistence/dynamodb-refunds.ts';
import { reconcileSubscriptionsOf } from './subscriptions/sync-subscription.ts';
import type { Services } from './services.ts';
import { dynamoInbox } from './store/dynamodb-inbox.ts';
import { dynamoPayments } from './payments/persistence/dynamodb-payments.ts';

interface ServiceParts {
  readonly client?: DocumentClient;
  readonly provider?: (name: ProviderName) => Promise<PaymentProvider>;
}

/**
 * Wires the plugin for one configuration. Tests pass a client or a provider of their own.
 * @throws Error when the configuration sends real traffic to another host outside of stage `local`
 */
export function createServices(
  config: PaymentConfig,
  environment: PluginEnvironment<typeof manifest>,
  { client = documentClient(), provider = lazyProviders(config) }: ServiceParts = {},
): Services {
  const { stage, deployment } = environment;
  for (const name of providerNames) {
    if (config[name]?.apiBase === undefined || stage === 'local') continue;
    throw new Error(`${name}.apiBase is for stage "local" only: remove it from the configuration`);
  }
  const now = (): Date => environment.now();
  const parts = { client, table: environment.table('payments'), now };
  return {
    stage,
    deployment,
    config,
    store: {
      ...dynamoPayments(parts),
      ...dynamoRefunds(parts),
      ...dynamoInbox(parts),
      ...dynamoDue(parts),
    },
    customers: dynamoCustomers(parts),
    subscriptions: dynamoSubscriptions(parts),
    renewals: dynamoRenewals(parts),
    audit: dynamoAudit(parts),
    provider,
    now,
    newId: (prefix) => createId(prefix, now().getTime()),
    cursorKeys: cursorKeys(derivationSecrets(config)),
    sealKeys: sealKeys(derivationSecrets(config)),
    oncePerMinute: oncePerMinute(now),
    reconcileSubscriptionsOf,
    health: providersHealth(configuredNames(config), provider, now),
  };
}

/**
 * The secrets from which keys are derived: Stripe's webhook secrets, which rotate with an overlap, and PayPal's
 * client secret, because PayPal has no webhook secret.
 */
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
