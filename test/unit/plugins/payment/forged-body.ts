import { crc32 } from 'node:zlib';

const TOGGLES = 64;
/** In this, the lowest bit of every character may be flipped without leaving what JSON text allows. */
const PAD = 'a'.repeat(TOGGLES);

/**
 * A body with a member of its own choice and the CRC32 of another body: CRC32 is linear, so flipping single bits
 * of a padding string changes the sum by known amounts, and a subset that brings it to the target is found by
 * elimination.
 */
export function withSameCrc(forged: object, genuine: string): string {
  const body = Buffer.from(JSON.stringify({ ...forged, pad: PAD }));
  const start = body.indexOf(PAD);
  const flipped = (index: number) => {
    const copy = Buffer.from(body);
    copy[start + index] = (copy[start + index] ?? 0) ^ 1;
    return (crc32(copy) ^ crc32(body)) >>> 0;
  };
  // One row per leading bit: what it does to the sum, and which flips make it up.
  const rows = new Map<number, { effect: number; flips: bigint }>();
  const reduce = (effect: number, flips: bigint) => {
    let rest = effect;
    let made = flips;
    for (let bit = 31; bit >= 0; bit -= 1) {
      const row = (rest >>> bit) & 1 ? rows.get(bit) : undefined;
      if (row === undefined) continue;
      rest = (rest ^ row.effect) >>> 0;
      made ^= row.flips;
    }
    return { effect: rest, flips: made };
  };
  for (let index = 0; index < TOGGLES; index += 1) {
    const row = reduce(flipped(index), 1n << BigInt(index));
    if (row.effect !== 0) rows.set(31 - Math.clz32(row.effect), row);
  }
  const { effect, flips } = reduce((crc32(genuine) ^ crc32(body)) >>> 0, 0n);
  if (effect !== 0) throw new Error('the padding is too short');
  for (let index = 0; index < TOGGLES; index += 1) {
    if ((flips >> BigInt(index)) & 1n) body[start + index] = (body[start + index] ?? 0) ^ 1;
  }
  return body.toString();
}
