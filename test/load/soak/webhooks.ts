import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '#testing/client.ts';
import type { Target } from '../system.ts';
import { persist } from './persist.ts';
import type { Timeline } from './timeline.ts';

const COPIES = 3;
const DELAY_MAX_MS = 3_000;
const POLL_MS = 500;

export interface WebhookSender {
  /** Delivers what is left, and ends. @returns how many events there were */
  end(): Promise<number>;
}

/** Delivers each of Stripe's events three times, each copy at its own time within seconds, until it is accepted. */
export async function sendWebhooks(target: Target, timeline: Timeline): Promise<WebhookSender> {
  await target.sandbox('POST', '/webhooks', { mode: 'drop' });
  const secret = await target.signingSecret();
  const underWay = new Set<Promise<unknown>>();
  let newestId: string | undefined;
  let count = 0;
  const ending = new AbortController();

  const deliver = async (event: Json): Promise<void> => {
    await sleep(Math.random() * DELAY_MAX_MS);
    await persist({
      timeline,
      kind: 'POST /webhooks/stripe',
      expected: [200],
      send: () => target.deliver(event, secret),
    });
  };
  /** The events since the last time; none while Stripe fails. */
  const poll = async (): Promise<void> => {
    const events = await target.atStripe('events', newestId).catch((): Json[] => []);
    newestId = events[0]?.id ?? newestId;
    count += events.length;
    for (const event of events.flatMap((one) => Array<Json>(COPIES).fill(one))) {
      const delivery = deliver(event).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    }
  };
  const polling = (async () => {
    while (!ending.signal.aborted) {
      await poll();
      await sleep(POLL_MS);
    }
  })();

  return {
    async end() {
      ending.abort();
      await polling;
      // A delivery can be the cause of further events.
      do {
        await Promise.all(underWay);
        await poll();
      } while (underWay.size > 0);
      return count;
    },
  };
}
