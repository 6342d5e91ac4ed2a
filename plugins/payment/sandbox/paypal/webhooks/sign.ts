import { randomUUID, sign, verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { World } from '../world.ts';
import { isoTime } from '../world.ts';
import { certUrl, pkiOf } from './pki.ts';

export const ALGORITHM = 'SHA256withRSA';

/** What is signed of a webhook, besides its body. */
export interface Transmission {
  readonly id: string;
  readonly time: string;
}

/** The five headers of a signature over `id|time|webhookId|crc32(body)`. */
export function signatureHeaders(world: World, body: string): Record<string, string> {
  const transmission = { id: randomUUID(), time: isoTime(world.realNowMs()) };
  const signature = sign('sha256', messageOf(world, transmission, body), pkiOf(world).privateKeyPem);
  return {
    'paypal-auth-algo': ALGORITHM,
    'paypal-cert-url': certUrl(world),
    'paypal-transmission-id': transmission.id,
    'paypal-transmission-sig': signature.toString('base64'),
    'paypal-transmission-time': transmission.time,
  };
}

/** Whether the sandbox signed this body, byte for byte. */
export function isSigned(world: World, transmission: Transmission, body: string, signature: string): boolean {
  const { publicKey } = new X509Certificate(pkiOf(world).leafPem);
  const message = messageOf(world, transmission, body);
  return verify('sha256', message, publicKey, Buffer.from(signature, 'base64'));
}

function messageOf({ webhookId }: World, { id, time }: Transmission, body: string): Buffer {
  return Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`);
}
