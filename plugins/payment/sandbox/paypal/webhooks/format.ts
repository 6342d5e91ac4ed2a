import type { WebhookFormat } from '../../shared/webhooks/send.ts';
import { moneyOf } from '../money.ts';
import type { EventRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { signatureHeaders } from './sign.ts';

/** Webhooks as PayPal writes and signs them. */
export function paypalWebhooks(account: Account): WebhookFormat {
  return {
    body: (event) => JSON.stringify(event),
    tampered: (event) => {
      const { resource, ...rest } = event as EventRecord;
      return JSON.stringify({ ...rest, resource: { ...resource, amount: moneyOf(1, 'USD') } });
    },
    headers: (body) => ({
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'PayPal/Sandbox-1.0',
      ...signatureHeaders(account, body),
    }),
  };
}
