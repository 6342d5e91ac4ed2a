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

/** Encrypts a text with AES-256-GCM. @param context the record it belongs to; it decrypts with no other */
export function seal(text: string, context: string, [key]: readonly Buffer[]): string {
  if (key === undefined) throw new TypeError('No key to seal with');
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

/** Decrypts a text; undefined when no key or another context fits. */
export function unseal(sealed: string, context: string, keys: readonly Buffer[]): string | undefined {
  const packed = Buffer.from(sealed, 'base64');
  if (packed.length < IV_BYTES + TAG_BYTES) return undefined;
  for (const key of keys) {
    const decipher = createDecipheriv(ALGORITHM, key, packed.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(packed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      const text = [decipher.update(packed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
      return Buffer.concat(text).toString('utf8');
    } catch {
      // Another key, or another context.
    }
  }
  return undefined;
}
