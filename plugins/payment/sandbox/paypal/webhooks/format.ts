import { randomUUID, sign, verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { WebhookFormat } from '../../shared/webhooks/send.ts';
import { type Account, isoTime } from '../account.ts';
import { moneyOf } from '../money.ts';
import type { EventRecord } from '../store/records.ts';
import { certUrl, pkiOf } from './certificates.ts';

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

export const ALGORITHM = 'SHA256withRSA';

/** What is signed of a webhook, besides its body. */
interface Transmission {
  readonly id: string;
  readonly time: string;
}

/** The five headers of a signature over `id|time|webhookId|crc32(body)`. */
function signatureHeaders(account: Account, body: string): Record<string, string> {
  const transmission = { id: randomUUID(), time: isoTime(account.realNowMs()) };
  const signature = sign('sha256', messageOf(account, transmission, body), pkiOf(account).privateKeyPem);
  return {
    'paypal-auth-algo': ALGORITHM,
    'paypal-cert-url': certUrl(account),
    'paypal-transmission-id': transmission.id,
    'paypal-transmission-sig': signature.toString('base64'),
    'paypal-transmission-time': transmission.time,
  };
}

/** Whether the sandbox signed this body, byte for byte. */
export function isSigned(
  account: Account,
  transmission: Transmission,
  body: string,
  signature: string,
): boolean {
  const { publicKey } = new X509Certificate(pkiOf(account).leafPem);
  const message = messageOf(account, transmission, body);
  return verify('sha256', message, publicKey, Buffer.from(signature, 'base64'));
}

function messageOf({ webhookId }: Account, { id, time }: Transmission, body: string): Buffer {
  return Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`);
}
