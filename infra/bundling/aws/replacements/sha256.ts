import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

const bytesOf = (data: SourceData): string | Uint8Array =>
  typeof data === 'string' || data instanceof Uint8Array
    ? data
    : ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);

/** SHA-256, with a secret as HMAC, by Node's own crypto. */
export class Sha256Node implements Checksum {
  readonly digestLength = 32;
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash | Hmac;
  #isFinished = false;

  constructor(secret?: SourceData) {
    this.#secret = secret === undefined ? undefined : bytesOf(secret);
    this.#hash = this.#start();
  }

  update(data: Uint8Array): void {
    if (this.#isFinished) throw new Error('Attempted to update an already finished hash.');
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    if ('copy' in this.#hash) return Promise.resolve(new Uint8Array(this.#hash.copy().digest()));
    this.#isFinished = true;
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    this.#hash = this.#start();
    this.#isFinished = false;
  }

  #start(): Hash | Hmac {
    return this.#secret ? createHmac('sha256', this.#secret) : createHash('sha256');
  }
}
