import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';
const PURPOSE = 'anineeplus/payment/webhook-body/v1';

/**
 * Encryption keys, one per secret (HKDF-SHA256 with a label of their own): they rotate with the secrets, and older
 * data can be decrypted while its secret stays configured.
 */
export function sealKeys(secrets: readonly string[]): readonly Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, KEY_BYTES)));
}

/** Few functions compress, so that the others do not load it. */
const zlib = () => import('node:zlib');

/**
 * Compresses a text and encrypts it with AES-256-GCM.
 * @param context the record it belongs to; it decrypts with no other
 */
export async function seal(text: string, context: string, [key]: readonly Buffer[]): Promise<Buffer> {
  if (key === undefined) throw new TypeError('No key to seal with');
  const { deflateRawSync } = await zlib();
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(deflateRawSync(text)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/**
 * Decrypts a text; undefined when no key or another context fits.
 * @param sealed bytes, or what earlier releases stored: base64 of a text that is not compressed
 */
export async function unseal(
  sealed: Uint8Array | string,
  context: string,
  keys: readonly Buffer[],
): Promise<string | undefined> {
  const packed = typeof sealed === 'string' ? Buffer.from(sealed, 'base64') : Buffer.from(sealed);
  const plain = decrypted(packed, context, keys);
  if (plain === undefined || typeof sealed === 'string') return plain?.toString('utf8');
  const { inflateRawSync } = await zlib();
  return inflateRawSync(plain).toString('utf8');
}

function decrypted(packed: Buffer, context: string, keys: readonly Buffer[]): Buffer | undefined {
  if (packed.length < IV_BYTES + TAG_BYTES) return undefined;
  for (const key of keys) {
    const decipher = createDecipheriv(ALGORITHM, key, packed.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(packed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(packed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    } catch {
      // Another key, or another context.
    }
  }
  return undefined;
}
