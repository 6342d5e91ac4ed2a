import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import type { System } from '../support/system.ts';

/** What a provider has for one payment. */
export interface ProviderTruth {
  readonly paymentId: string;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
}

/** The local system as the load sees it: the API, the payer, and the provider that sends webhooks. */
export function targetOf(system: System) {
  const payments = paymentsOf(system);
  const keys: Json = JSON.parse(readFileSync(join(system.stateDir, 'sandboxes.json'), 'utf8'));

  /** All objects of one kind that Stripe has, newest first; those that are newer than `knownId` where it is given. */
  const atStripe = async (
    objects: 'payment_intents' | 'events' | 'refunds',
    knownId?: string,
  ): Promise<Json[]> => {
    const all: Json[] = [];
    const headers = { authorization: `Bearer ${keys['payment/stripe/stripe.secretKey']}` };
    for (;;) {
      const after = all.length === 0 ? '' : `&starting_after=${all.at(-1).id}`;
      const path = `/v1/${objects}?limit=100${after}`;
      const { body } = await request(system.sandbox('stripe'), 'GET', path, { headers });
      const known = body.data.findIndex(({ id }: Json) => id === knownId);
      all.push(...(known === -1 ? body.data : body.data.slice(0, known)));
      if (known !== -1 || body.has_more !== true) return all;
    }
  };
  const stripeTruth = async (): Promise<ProviderTruth[]> => {
    const refunds = Map.groupBy(await atStripe('refunds'), (refund) => String(refund.payment_intent));
    return (await atStripe('payment_intents')).map(({ id, metadata, amount_received: capturedMinor }) => ({
      paymentId: String(metadata.payment_id),
      capturedMinor,
      refundedMinor: (refunds.get(id) ?? [])
        .filter(({ status }) => status === 'succeeded')
        .reduce((sum, { amount }) => sum + amount, 0),
    }));
  };
  const paypalToken = async (): Promise<string> => {
    const [id, secret] = ['clientId', 'clientSecret'].map((name) => keys[`payment/paypal/paypal.${name}`]);
    const { body } = await request(system.sandbox('paypal'), 'POST', '/v1/oauth2/token', {
      raw: 'grant_type=client_credentials',
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    return body.access_token;
  };
  /** PayPal lists no orders: those that payments name. */
  const paypalTruth = async (orders: readonly string[]): Promise<ProviderTruth[]> => {
    if (orders.length === 0) return [];
    const headers = { authorization: `Bearer ${await paypalToken()}` };
    const truths: ProviderTruth[] = [];
    for (const order of orders) {
      const { body } = await request(system.sandbox('paypal'), 'GET', `/v2/checkout/orders/${order}`, {
        headers,
      });
      const [unit] = body.purchase_units;
      const sum = (all: Json[] = []) =>
        all.reduce((total, { amount }) => total + Math.round(100 * amount.value), 0);
      truths.push({
        // The deployment stands behind the id.
        paymentId: String(unit.custom_id).split('.')[0] ?? '',
        capturedMinor: sum(unit.payments?.captures),
        refundedMinor: sum(unit.payments?.refunds),
      });
    }
    return truths;
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
  const events: Json[] = [];
  return {
    ...payments,
    atStripe,
    listed,
    /** What the providers have: all PaymentIntents, and the orders of these payments. */
    truth: async (all: readonly Json[]): Promise<ProviderTruth[]> => {
      const orders = all
        .filter(({ provider }) => provider === 'paypal')
        .map(({ providerRef }) => providerRef);
      return [...(await stripeTruth()), ...(await paypalTruth(orders))];
    },
    /** All events so far. The system keeps the last 10,000, so that it has to be asked before more have come. */
    busEvents: async (): Promise<readonly Json[]> => {
      const since = events.length === 0 ? '' : `?since=${events.at(-1).id}`;
      events.push(...(await request(system.url, 'GET', `/dev/events${since}`)).body.events);
      return events;
    },
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
