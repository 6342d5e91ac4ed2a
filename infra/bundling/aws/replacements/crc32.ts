import type { Checksum } from '@smithy/types';

/** CRC-32 by Node's own zlib, which is loaded with the first byte and not at init. */
export class Crc32Node implements Checksum {
  readonly digestLength = 4;
  #value = 0;

  update(data: Uint8Array): void {
    this.#value = process.getBuiltinModule('node:zlib').crc32(data, this.#value);
  }

  digestSync(): number {
    return this.#value >>> 0;
  }

  digest(): Promise<Uint8Array> {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, this.digestSync(), false);
    return Promise.resolve(bytes);
  }

  reset(): void {
    this.#value = 0;
  }
}
