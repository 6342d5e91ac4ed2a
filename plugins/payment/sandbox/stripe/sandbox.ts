import type Stripe from 'stripe';
import { sharedControls } from '../shared/controls/controls.ts';
import type { Provider, Sandbox, SandboxOptions } from '../shared/sandbox.ts';
import { createSandbox } from '../shared/sandbox.ts';
import { stripeApi } from './api/api.ts';
import { dashboardControls } from './dashboard.ts';
import { disputeControls } from './disputes/controls.ts';
import { perform } from './jobs.ts';
import { fraudWarningControl } from './radar/warnings.ts';
import { refundControl } from './refunds/controls.ts';
import type { JobRecord, Records } from './store/records.ts';
import { subscriptionControl } from './subscriptions/controls.ts';
import { threeDSecureControls, threeDSecurePages } from './three-d-secure.ts';
import { stripeWebhooks } from './webhooks/format.ts';
import type { Account } from './account.ts';
import { API_VERSION } from './account.ts';

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
  return createSandbox<Records>(options, (account) => provide({ ...account, secretKey, webhookSecrets }));
}

function provide(account: Account): Provider {
  const facts = {
    health: { provider: 'stripe', apiVersion: API_VERSION },
    signing: () => ({ secrets: account.webhookSecrets }),
    describe: (event: { id: string }) => {
      const { data, type } = event as Stripe.Event;
      return { type, object: String((data.object as { id?: string }).id) };
    },
  };
  return {
    api: stripeApi(account),
    webhooks: stripeWebhooks(account),
    controls: [
      ...sharedControls(account, facts),
      ...threeDSecureControls(account),
      ...disputeControls(account),
      ...dashboardControls(account),
      fraudWarningControl(account),
      refundControl(account),
      subscriptionControl(account),
    ],
    pages: threeDSecurePages(account),
    perform: (job) => perform(account, job as JobRecord),
  };
}
