import { randomBytes } from 'node:crypto';
import { CompactEncrypt, importJWK } from 'jose';
import type { ConfigDocument } from '#runtime/lifecycle/config-document.ts';
import { KEY_BYTES, sealConfig, type ConfigEnvelope, type EnvelopeOrigin } from './envelope.ts';

/** An export whose key only the operator's private key opens. */
export interface SealedBackup {
  readonly envelope: ConfigEnvelope;
  /** The key of the envelope as a compact JWE (RFC 7516): ECDH-ES on X25519 with A256KW, A256GCM; `kid` is the public key. */
  readonly sealedKey: string;
}

/**
 * Exports a configuration under a key of its own, which is sealed to the operator's.
 * @param publicKey X25519 (RFC 8037), base64url
 */
export async function sealBackup(
  document: ConfigDocument,
  publicKey: string,
  origin: EnvelopeOrigin,
): Promise<SealedBackup> {
  const key = randomBytes(KEY_BYTES).toString('base64');
  const recipient = await importJWK({ kty: 'OKP', crv: 'X25519', x: publicKey }, 'ECDH-ES+A256KW');
  const sealedKey = await new CompactEncrypt(Buffer.from(key))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: publicKey })
    .encrypt(recipient);
  return { envelope: sealConfig(document, key, origin), sealedKey };
}
