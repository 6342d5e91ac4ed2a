import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createApiServer } from './api/serve.ts';
import { createHttpServer } from './http/server.ts';
import { startJobs } from './jobs.ts';
import { openStore } from './store/store.ts';
import { startDispatcher } from './webhooks/dispatcher.ts';
import type { World } from './world.ts';

const BACKOFF_MS = 500;

/** How a sandbox is made. Without `webhookUrl` events are kept but not sent; without `stateFile` all is forgotten. */
export interface StripeSandboxOptions {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
  readonly webhookUrl?: string | undefined;
  readonly stateFile?: string | undefined;
  /** Wait before the second attempt of a webhook; later waits double, up to 30 s. Default 500. */
  readonly webhookBackoffMs?: number | undefined;
  /** Real time in epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** A running sandbox. */
export interface StripeSandbox {
  /** Listens on 127.0.0.1; 0 takes a free port. Returns the origin. */
  listen(port: number): Promise<string>;
  close(): Promise<void>;
  /** The origin once it listens. */
  readonly url: string;
}

/** Makes a stateful Stripe for tests and local work. */
export function createStripeSandbox(options: StripeSandboxOptions): StripeSandbox {
  const store = openStore(options.stateFile ?? ':memory:');
  const realNowMs = options.now ?? Date.now;
  let url = '';
  const world: World = {
    store,
    secretKey: options.secretKey,
    webhookSecrets: options.webhookSecrets,
    webhookUrl: options.webhookUrl,
    origin: () => url,
    realNowMs,
    nowMs: () => realNowMs() + (store.get('clockOffsetMs', 'current') ?? 0),
    wake: () => {
      jobs.run();
      dispatcher.wake();
    },
  };
  const jobs = startJobs(world);
  const dispatcher = startDispatcher(world, options.webhookBackoffMs ?? BACKOFF_MS);
  const server = createHttpServer(world, createApiServer(world));
  return {
    listen: async (port) => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      world.wake();
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
