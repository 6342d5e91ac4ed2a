import type Stripe from 'stripe';
import { decisionsControl } from '../shared/controls/decisions.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../shared/sandbox.ts';
import { type Account, API_VERSION } from './account.ts';
import { stripeApi } from './api/api.ts';
import type { StripeRoute } from './api/route.ts';
import { balanceRoutes } from './balance.ts';
import { priceRoutes } from './catalog/prices.ts';
import { productRoutes } from './catalog/products.ts';
import { chargeRoutes } from './charges.ts';
import { customerRoutes } from './customers/operations.ts';
import { dashboardControls } from './dashboard.ts';
import { stripeDecisions } from './decisions.ts';
import { disputeControls } from './disputes/controls.ts';
import { disputeRoutes } from './disputes/operations.ts';
import { eventRoutes } from './events.ts';
import { expandAnswer } from './expand.ts';
import { intentRoutes } from './intents/operations.ts';
import { invoiceRoutes } from './invoices/operations.ts';
import { performJob } from './jobs.ts';
import { methodControl } from './methods/controls.ts';
import { methodRoutes } from './methods/operations.ts';
import { fraudWarningControl, warningRoutes } from './radar/warnings.ts';
import { refundControl } from './refunds/controls.ts';
import { refundRoutes } from './refunds/operations.ts';
import { setupIntentRoutes } from './setup-intents/operations.ts';
import type { JobRecord, Records } from './store/records.ts';
import { subscriptionControl } from './subscriptions/controls.ts';
import { subscriptionRoutes } from './subscriptions/operations.ts';
import { threeDSecureControls, threeDSecurePage } from './three-d-secure.ts';
import { stripeWebhooks } from './webhooks.ts';

/** The resources of the API. */
const RESOURCES: readonly StripeRoute[] = [
  ...intentRoutes,
  ...setupIntentRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...warningRoutes,
  ...customerRoutes,
  ...methodRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...subscriptionRoutes,
  ...invoiceRoutes,
  ...balanceRoutes,
  ...eventRoutes,
];

/** How a sandbox is made. */
export interface StripeSandboxOptions extends SandboxOptions {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
}

/** A running sandbox. */
export type StripeSandbox = Sandbox;

/** Makes a stateful Stripe for tests and local work. */
export function createStripeSandbox(options: StripeSandboxOptions): StripeSandbox {
  const { secretKey, webhookSecrets } = options;
  return createSandbox<Records>(options, (common) => {
    const account: Account = { ...common, secretKey, webhookSecrets };
    return {
      health: { provider: 'stripe', apiVersion: API_VERSION },
      signing: () => ({ secrets: webhookSecrets }),
      labelOf: (event) => {
        const { data, type } = event as Stripe.Event;
        return { type, object: String((data.object as { id?: string }).id) };
      },
      api: stripeApi(account, RESOURCES, expandAnswer),
      webhooks: stripeWebhooks(account),
      controls: [
        ...threeDSecureControls(account),
        ...disputeControls(account),
        ...dashboardControls(account, RESOURCES),
        fraudWarningControl(account),
        refundControl(account),
        methodControl(account),
        subscriptionControl(account),
        decisionsControl(() => stripeDecisions(account)),
      ],
      pages: [threeDSecurePage(account)],
      perform: (job) => performJob(account, job as JobRecord),
    };
  });
}
