import { createVerify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { PayPalConfig } from '../../config.ts';
import { problem } from '../../errors.ts';
import { checkSkew, unsigned } from '../signature.ts';
import { CertificateUnavailableError, type Certificates } from './certificates.ts';

/** PayPal delivers for three days; it is not documented whether a repeated delivery gets a new time. */
const BOUNDS = { oldSeconds: 4 * 86_400, aheadSeconds: 300 };
const HEADER_CHARS_MAX = 2_000;

/** The headers of a transmission; all are required. */
interface Transmission {
  readonly id: string;
  readonly time: string;
  readonly signature: string;
  readonly algorithm: string;
  readonly certificateUrl: string;
}

/** Verification by PayPal's API, for a delivery whose certificate is unavailable. */
export type PostBack = (transmission: Transmission, rawBody: Buffer) => Promise<boolean>;

interface Verifier {
  readonly certificates: Certificates;
  readonly postBack: PostBack | undefined;
}

/**
 * Verifies that PayPal made this transmission for our webhook. The signature covers a CRC32 of the body only, so
 * it says nothing about the content: anyone with one genuine delivery can make a body of the same sum.
 * @throws ProblemError 400 for what PayPal did not sign, 503 when the signature cannot be verified at the moment
 */
export async function verifyTransmission(
  rawBody: Buffer,
  headers: Readonly<Record<string, string | undefined>>,
  config: PayPalConfig,
  { certificates, postBack }: Verifier,
  nowMs: number,
): Promise<void> {
  const transmission = transmissionOf(headers);
  if (transmission.algorithm !== 'SHA256withRSA') throw unsigned('unsupported-algorithm');
  const skewSeconds = (nowMs - Date.parse(transmission.time)) / 1000;
  if (Number.isNaN(skewSeconds)) throw unsigned('malformed');
  checkSkew(skewSeconds, BOUNDS);
  const signed = await isSigned(transmission, rawBody, config, certificates, nowMs).catch(
    (error: unknown) => {
      if (!(error instanceof CertificateUnavailableError)) throw error;
      if (postBack !== undefined) return postBack(transmission, rawBody);
      if (error.temporary) throw problem('webhook-unverifiable', { detail: error.message, cause: error });
      throw unsigned('untrusted-certificate', skewSeconds, error);
    },
  );
  if (!signed) throw unsigned('no-match', skewSeconds);
}

async function isSigned(
  { id, time, signature, certificateUrl }: Transmission,
  rawBody: Buffer,
  config: PayPalConfig,
  certificates: Certificates,
  nowMs: number,
): Promise<boolean> {
  const leaf = await certificates.leaf(certificateUrl, config, nowMs);
  const message = `${id}|${time}|${config.webhookId}|${crc32(rawBody)}`;
  return createVerify('RSA-SHA256').update(message).verify(leaf.publicKey, Buffer.from(signature, 'base64'));
}

function transmissionOf(headers: Readonly<Record<string, string | undefined>>): Transmission {
  const read = (name: string): string => {
    const value = headers[name];
    if (value === undefined || value.trim() === '') throw unsigned('missing-header');
    if (value.length > HEADER_CHARS_MAX) throw unsigned('malformed');
    return value;
  };
  return {
    id: read('paypal-transmission-id'),
    time: read('paypal-transmission-time'),
    signature: read('paypal-transmission-sig'),
    algorithm: read('paypal-auth-algo'),
    certificateUrl: read('paypal-cert-url'),
  };
}
