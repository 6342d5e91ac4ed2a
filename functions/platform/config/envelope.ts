import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { parseConfigDocument, type ConfigDocument } from '#runtime/lifecycle/config-document.ts';
import { configProblem } from './errors.ts';

const ALGORITHM = 'aes-256-gcm';
/** Of the key of an export. */
export const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** An exported configuration: its origin in the open, and values that only the holder of the key can read. */
export const configEnvelope = z.strictObject({
  format: z.literal('anineeplus-config/1'),
  plugin: z.string(),
  stage: z.string(),
  label: z.string(),
  configVersion: z.int(),
  exportedAt: z.string(),
  /** AES-256-GCM (NIST SP 800-38D), in base64; the other members are authenticated with it. */
  iv: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
});
export type ConfigEnvelope = z.infer<typeof configEnvelope>;
export type EnvelopeOrigin = Omit<ConfigEnvelope, 'format' | 'iv' | 'ciphertext' | 'tag' | 'configVersion'>;

/** @param key 32 bytes in base64, which the caller keeps. @throws ProblemError 400 `export-key-invalid` */
export function sealConfig(document: ConfigDocument, key: string, origin: EnvelopeOrigin): ConfigEnvelope {
  const iv = randomBytes(IV_BYTES);
  const { configVersion } = document;
  const header = { format: 'anineeplus-config/1', ...origin, configVersion } as const;
  const cipher = createCipheriv(ALGORITHM, keyOf(key), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated(header));
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(document)), cipher.final()]);
  const base64 = (bytes: Buffer): string => bytes.toString('base64');
  return { ...header, iv: base64(iv), ciphertext: base64(ciphertext), tag: base64(cipher.getAuthTag()) };
}

/** @throws ProblemError 422 `envelope-invalid` for another key, or for one that was changed */
export function openConfig(envelope: ConfigEnvelope, key: string): ConfigDocument {
  const secret = keyOf(key);
  const { iv, ciphertext, tag, ...header } = envelope;
  let text: string;
  try {
    const decipher = createDecipheriv(ALGORITHM, secret, Buffer.from(iv, 'base64'), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(authenticated(header)).setAuthTag(Buffer.from(tag, 'base64'));
    text = decipher.update(ciphertext, 'base64', 'utf8') + decipher.final('utf8');
  } catch {
    throw configProblem('envelope-invalid', { detail: 'The key is another one, or the export was changed.' });
  }
  return parseConfigDocument(header.plugin, text);
}

/** The members in a fixed order, whatever order a file has them in. */
const authenticated = ({
  format,
  plugin,
  stage,
  label,
  configVersion,
  exportedAt,
}: Omit<ConfigEnvelope, 'iv' | 'ciphertext' | 'tag'>): Buffer =>
  Buffer.from(JSON.stringify([format, plugin, stage, label, configVersion, exportedAt]));

function keyOf(base64: string): Buffer {
  const key = Buffer.from(base64, 'base64');
  if (key.length === KEY_BYTES && key.toString('base64') === base64.trim()) return key;
  throw configProblem('export-key-invalid', { detail: 'Make one with: openssl rand -base64 32' });
}
