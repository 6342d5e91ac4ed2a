import { randomBytes } from 'node:crypto';

const [BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, UTF8, SEQUENCE, SET, UTC_TIME] = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x30, 0x31, 0x17,
];

/** One DER value: tag, length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 + bytes.length, ...bytes]);
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => der(SEQUENCE, ...items);
export const set = (...items: readonly Uint8Array[]): Buffer => der(SET, ...items);
export const nothing = (): Buffer => der(NULL);
export const yes = (): Buffer => der(BOOLEAN, Buffer.from([0xff]));
export const utf8 = (text: string): Buffer => der(UTF8, Buffer.from(text, 'utf8'));
export const octets = (content: Uint8Array): Buffer => der(OCTET_STRING, content);

/** A small whole number. */
export const small = (value: number): Buffer => der(INTEGER, Buffer.from([value]));

/** A random serial number: positive, and long enough to be one of a kind. */
export const serial = (): Buffer => der(INTEGER, Buffer.from([1]), randomBytes(15));

/** Bits, of which the last `unused` of the last byte do not count. */
export const bits = (bytes: Uint8Array, unused = 0): Buffer => der(BIT_STRING, Buffer.from([unused]), bytes);

/** A time before 2050, in whole seconds. */
export const utcTime = (at: Date): Buffer =>
  der(UTC_TIME, Buffer.from(`${at.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const groups = rest.map((arc) => {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift(128 + (left % 128));
    }
    return digits;
  });
  return der(OID, Buffer.from([first * 40 + second, ...groups.flat()]));
}
