import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { problem } from '../errors.ts';

const KEY_BYTES = 32;
const MAC_BYTES = 16;
const PURPOSE = 'anineeplus/payment/list-cursor/v1';

/**
 * Keys for cursors, one per webhook secret (HKDF-SHA256 with a label of their own): no further secret to keep,
 * and rotating the webhook secret rotates them with the same overlap.
 */
export function cursorKeys(secrets: readonly string[]): readonly Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, KEY_BYTES)));
}

/** Packs a position, signed together with the list it belongs to. @param list tenant and filters, as JSON */
function signCursor(position: unknown, list: string, [key]: readonly Buffer[]): string {
  if (key === undefined) throw new TypeError('No key to sign cursors with');
  const payload = Buffer.from(JSON.stringify(position));
  return Buffer.concat([macOf(payload, list, key), payload]).toString('base64url');
}

/** @throws ProblemError 400 `cursor-invalid` for a cursor that we did not sign, or that belongs to another list */
export function readCursor(cursor: string, list: string, keys: readonly Buffer[]): unknown {
  const packed = Buffer.from(cursor, 'base64url');
  const mac = packed.subarray(0, MAC_BYTES);
  const payload = packed.subarray(MAC_BYTES);
  const genuine = keys.some(
    (key) => mac.length === MAC_BYTES && timingSafeEqual(mac, macOf(payload, list, key)),
  );
  // Node decodes base64url leniently, so the cursor must equal its canonical encoding.
  if (!genuine || packed.toString('base64url') !== cursor) throw problem('cursor-invalid');
  return JSON.parse(payload.toString('utf8'));
}

/** The cursor of the next page; null after the last one. */
export const nextCursor = (position: unknown, list: string, keys: readonly Buffer[]): string | null =>
  position === undefined ? null : signCursor(position, list, keys);

function macOf(payload: Buffer, list: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(list).update('\n').update(payload).digest().subarray(0, MAC_BYTES);
}
