import { sharedControls } from '../shared/controls/controls.ts';
import type { Provider, Sandbox, SandboxOptions } from '../shared/sandbox.ts';
import { createSandbox } from '../shared/sandbox.ts';
import { paypalApi } from './api/api.ts';
import { paypalControls } from './controls.ts';
import { objectOf } from './events.ts';
import { perform } from './jobs.ts';
import { approvalPages } from './pages.ts';
import type { EventRecord, JobRecord, Records } from './store/records.ts';
import { paypalWebhooks } from './webhooks/format.ts';
import { certUrl, pkiOf } from './webhooks/pki.ts';
import type { Account } from './account.ts';

/** How a sandbox is made. */
export interface PaypalSandboxOptions extends SandboxOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What webhooks are signed for. */
  readonly webhookId: string;
}

/** A running sandbox. */
export type PaypalSandbox = Sandbox;

/** Makes a stateful PayPal for tests and local work. */
export function createPaypalSandbox(options: PaypalSandboxOptions): PaypalSandbox {
  const { clientId, clientSecret, webhookId } = options;
  return createSandbox<Records>(options, (account) =>
    provide({ ...account, clientId, clientSecret, webhookId }),
  );
}

function provide(account: Account): Provider {
  const facts = {
    health: { provider: 'paypal' },
    signing: () => {
      const { caPem, privateKeyPem } = pkiOf(account);
      return { webhookId: account.webhookId, certUrl: certUrl(account), privateKeyPem, caPem };
    },
    describe: (event: { id: string }) => {
      const known = event as EventRecord;
      return { type: known.event_type, object: objectOf(known) };
    },
  };
  return {
    api: paypalApi(account),
    webhooks: paypalWebhooks(account),
    controls: [...sharedControls(account, facts), ...paypalControls(account)],
    pages: approvalPages(account),
    perform: (job) => perform(account, job as JobRecord),
  };
}
