import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '#testing/client.ts';
import type { Target } from '../system.ts';

/** So often something happens, over the time of the load. */
const TIMES = 20;
const PAUSE_MS = 3_000;

/** Each of five kinds of failure strikes one request of a hundred. */
const FAULTS = [
  { share: 0.01, status: 500 },
  { share: 0.01, status: 500, after: true },
  { share: 0.01, status: 429 },
  { share: 0.01, reset: true },
  { share: 0.01, reset: true, after: true },
];

export interface Disturbances {
  /** Lets everything work again. @returns how often each thing was done */
  end(): Promise<ReadonlyMap<string, number>>;
}

/**
 * Has both providers fail five of a hundred calls, and in turn unloads and loads a subscriber, unloads and loads the
 * payment plugin, and changes its configuration.
 */
export async function disturb(target: Target, totalMs: number): Promise<Disturbances> {
  const done = new Map<string, number>();
  const stop = new AbortController();
  const call = async (
    method: string,
    path: string,
    body: object,
    headers?: Record<string, string>,
  ): Promise<void> => {
    const { status, body: answer } = await target.api(method, path, body, headers);
    const outcome = status < 300 ? '' : `: ${status} ${answer?.code}`;
    const what = `${method} ${path} ${JSON.stringify(body)}${outcome}`;
    done.set(`times ${what}`, (done.get(`times ${what}`) ?? 0) + 1);
  };
  const configure = async (values: object): Promise<void> => {
    const { headers } = await target.api('GET', '/plugins/payment/config');
    await call('PATCH', '/plugins/payment/config', values, { 'if-match': headers.get('etag') ?? '' });
  };
  const load = (name: string) => call('POST', '/plugins/load', { name });
  const steps: readonly (() => Promise<void>)[] = [
    async () => {
      await call('POST', '/plugins/unload', { name: 'advanced-plugin' });
      await sleep(PAUSE_MS);
      await load('advanced-plugin');
    },
    () => configure({ limits: { maxAmount: 100_000 } }),
    async () => {
      await call('POST', '/plugins/unload', { name: 'payment', cascade: true });
      await sleep(PAUSE_MS);
      await load('payment');
      await load('advanced-plugin');
    },
    () => configure({ limits: { maxAmount: 200_000 } }),
  ];

  const providers = [
    ['Stripe', target.sandbox],
    ['PayPal', target.paypal],
  ] as const;
  for (const [, control] of providers) await control('POST', '/faults', FAULTS);
  const running = (async () => {
    for (let turn = 0; ; turn += 1) {
      await sleep(totalMs / TIMES, undefined, { signal: stop.signal });
      await steps[turn % steps.length]?.();
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });

  return {
    async end() {
      stop.abort();
      await running;
      for (const [name, control] of providers) {
        await control('DELETE', '/faults');
        const { requests } = (await control('GET', '/requests')).body;
        const struck = requests.filter(({ fault }: Json) => fault).length;
        done.set(`of the last ${requests.length} calls of ${name} failed`, struck);
      }
      return done;
    },
  };
}
