import { createSandbox, type Sandbox, type SandboxOptions } from '../shared/sandbox.ts';
import type { Account } from './account.ts';
import { paypalApi } from './api/api.ts';
import type { PaypalRoute } from './api/route.ts';
import { planRoutes } from './catalog/plans.ts';
import { productRoutes } from './catalog/products.ts';
import { paypalControls } from './controls.ts';
import { disputeRoutes } from './disputes/read.ts';
import { labelOf } from './events.ts';
import { performJob } from './jobs.ts';
import { orderRoutes } from './orders/create.ts';
import { approvalPages } from './pages.ts';
import { paymentRoutes } from './payments/routes.ts';
import { refundRoutes } from './refunds/refund.ts';
import { reportRoutes } from './reports/search.ts';
import type { EventRecord, JobRecord, Records } from './store/records.ts';
import { subscriptionRoutes } from './subscriptions/routes.ts';
import { paymentTokenRoutes } from './vault/payment-tokens.ts';
import { setupTokenRoutes } from './vault/setup-tokens.ts';
import { certUrl, pkiOf } from './webhooks/certificates.ts';
import { paypalWebhooks } from './webhooks/format.ts';
import { webhookRoutes } from './webhooks/records.ts';

/** The resources of the API. */
const RESOURCES: readonly PaypalRoute[] = [
  ...orderRoutes,
  ...paymentRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...setupTokenRoutes,
  ...paymentTokenRoutes,
  ...productRoutes,
  ...planRoutes,
  ...subscriptionRoutes,
  ...reportRoutes,
  ...webhookRoutes,
];

/** How a sandbox is made. */
export interface PaypalSandboxOptions extends SandboxOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What webhooks are signed for. */
  readonly webhookId: string;
}

/** A running sandbox. */
type PaypalSandbox = Sandbox;

/** Makes a stateful PayPal for tests and local work. */
export function createPaypalSandbox(options: PaypalSandboxOptions): PaypalSandbox {
  const { clientId, clientSecret, webhookId } = options;
  return createSandbox<Records>(options, (common) => {
    const account: Account = { ...common, clientId, clientSecret, webhookId };
    return {
      health: { provider: 'paypal' },
      signing: () => {
        const { caPem, privateKeyPem } = pkiOf(account);
        return { webhookId, certUrl: certUrl(account), privateKeyPem, caPem };
      },
      labelOf: (event) => labelOf(event as EventRecord),
      api: paypalApi(account, RESOURCES),
      webhooks: paypalWebhooks(account),
      controls: paypalControls(account, RESOURCES),
      pages: approvalPages(account),
      perform: (job) => performJob(account, job as JobRecord),
    };
  });
}
