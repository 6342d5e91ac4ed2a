import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { SandboxAccount } from './account.ts';
import type { Api } from './api/api.ts';
import { createApiServer } from './api/serve.ts';
import type { Control } from './controls/control.ts';
import { type ControlFacts, sharedControls } from './controls/controls.ts';
import type { Page } from './http/page.ts';
import { createHttpServer } from './http/server.ts';
import { startJobs } from './jobs.ts';
import type { CoreRecords, JobRecord } from './store/records.ts';
import { openStore } from './store/store.ts';
import { startDispatcher } from './webhooks/dispatcher.ts';
import type { WebhookFormat } from './webhooks/send.ts';

const BACKOFF_MS = 500;

/** Without `webhookUrl` events are kept but not sent; without `stateFile` all is forgotten. */
export interface SandboxOptions {
  readonly webhookUrl?: string | undefined;
  readonly stateFile?: string | undefined;
  /** Wait before the second attempt of a webhook; later waits double, up to 30 s. Default 500. */
  readonly webhookBackoffMs?: number | undefined;
  /** Real time in epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** A running sandbox. */
export interface Sandbox {
  /** Listens on 127.0.0.1; 0 takes a free port. Returns the origin. */
  listen(port: number): Promise<string>;
  close(): Promise<void>;
  /** The origin once it listens. */
  readonly url: string;
}

/** All that makes a sandbox one provider's. */
interface Provider extends ControlFacts {
  readonly api: Api;
  readonly webhooks: WebhookFormat;
  readonly controls: readonly Control[];
  readonly pages: readonly Page[];
  /** Runs a job at its time, in the transaction that removes it. */
  readonly perform: (job: JobRecord) => void;
}

/** Makes a sandbox around the provider that `provide` builds on its account. */
export function createSandbox<Records extends CoreRecords>(
  options: SandboxOptions,
  provide: (account: SandboxAccount<Records>) => Provider,
): Sandbox {
  const store = openStore<Records>(options.stateFile ?? ':memory:');
  const realNowMs = options.now ?? Date.now;
  let url = '';
  const account: SandboxAccount<Records> = {
    store,
    webhookUrl: options.webhookUrl,
    origin: () => url,
    realNowMs,
    nowMs: () => realNowMs() + (store.get('clockOffsetMs', 'current') ?? 0),
    wake: () => {
      jobs.run();
      dispatcher.wake();
    },
  };
  const base: SandboxAccount = account;
  const provider = provide(account);
  const jobs = startJobs(base, provider.perform);
  const dispatcher = startDispatcher(base, provider.webhooks, options.webhookBackoffMs ?? BACKOFF_MS);
  const api = createApiServer(base, provider.api);
  const controls = [...sharedControls(base, provider), ...provider.controls];
  const server = createHttpServer({ api, controls, pages: provider.pages, wake: account.wake });
  return {
    listen: async (port) => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      account.wake();
      return url;
    },
    close: async () => {
      jobs.close();
      await dispatcher.close();
      if (server.listening) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
      store.close();
    },
    get url() {
      return url;
    },
  };
}
