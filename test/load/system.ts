import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import type { System } from '../support/system.ts';

/** The local system as the load sees it: the API, the payer, and the provider that sends webhooks. */
export function targetOf(system: System) {
  const payments = paymentsOf(system);
  const secretKey =
    /sk_test_\w+/.exec(readFileSync(join(system.stateDir, 'sandboxes.json'), 'utf8'))?.[0] ?? '';

  /** All objects of one kind that the provider has. */
  const atProvider = async (objects: 'payment_intents' | 'events'): Promise<Json[]> => {
    const all: Json[] = [];
    for (;;) {
      const after = all.length === 0 ? '' : `&starting_after=${all.at(-1).id}`;
      const path = `/v1/${objects}?limit=100${after}`;
      const headers = { authorization: `Bearer ${secretKey}` };
      const { body } = await request(system.sandbox('stripe'), 'GET', path, { headers });
      all.push(...body.data);
      if (body.has_more !== true) return all;
    }
  };
  /** All payments that the API lists. */
  const listed = async (): Promise<Json[]> => {
    const all: Json[] = [];
    for (let cursor = ''; ;) {
      const { body } = await payments.api('GET', `/payments?limit=100${cursor}`);
      all.push(...body.payments);
      if (body.cursor === null) return all;
      cursor = `&cursor=${encodeURIComponent(body.cursor)}`;
    }
  };
  return {
    ...payments,
    atProvider,
    listed,
    busEvents: async (): Promise<Json[]> => (await request(system.url, 'GET', '/dev/events')).body.events,
    /** Posts an event as the provider does: signed anew each time. */
    deliver: (event: Json, secret: string) => {
      const raw = JSON.stringify(event);
      const timestamp = Math.floor(Date.now() / 1000);
      const signature = createHmac('sha256', secret).update(`${timestamp}.${raw}`).digest('hex');
      const headers = { 'stripe-signature': `t=${timestamp},v1=${signature}` };
      return request(system.url, 'POST', '/webhooks/stripe', { raw, headers });
    },
    signingSecret: async (): Promise<string> => (await payments.sandbox('GET', '/signing')).body.secrets[0],
  };
}

export type Target = ReturnType<typeof targetOf>;
