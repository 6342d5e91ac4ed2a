import { createHmac } from 'node:crypto';
import type Stripe from 'stripe';
import type { WebhookFormat } from '../shared/webhooks/send.ts';
import type { Account } from './account.ts';

/** Webhooks as Stripe writes and signs them. */
export function stripeWebhooks(account: Account): WebhookFormat {
  return {
    body: (event) => JSON.stringify(event, null, 2),
    tampered: (event) => {
      const forged = event as Stripe.Event;
      const object = { ...forged.data.object, amount: 1, amount_received: 1 };
      return JSON.stringify({ ...forged, data: { object } }, null, 2);
    },
    headers: (body) => ({
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': signatureHeader(body, account.webhookSecrets, account.realNowMs()),
    }),
  };
}

/** The `Stripe-Signature` header: one `v1` for each active secret, over `<seconds>.<body>`. */
function signatureHeader(body: string, secrets: readonly string[], atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  const parts = secrets.map((secret) => {
    const digest = createHmac('sha256', secret).update(`${seconds}.${body}`, 'utf8').digest('hex');
    return `v1=${digest}`;
  });
  return [`t=${seconds}`, ...parts].join(',');
}
