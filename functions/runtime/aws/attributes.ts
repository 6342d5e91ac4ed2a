import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item, or a part of one, as plain values: strings, numbers, booleans, null, bytes, arrays, objects and sets. */
export type Attributes = Record<string, unknown>;

/** The same as DynamoDB has it, each value under the name of its type. */
export type AttributeMap = Record<string, AttributeValue>;

/** Plain values as JSON that DynamoDB reads; members that are `undefined` are left out. */
export const toJson = (attributes: Attributes | undefined): unknown =>
  attributes && withBytes(marshall(attributes, OPTIONS), base64Of);

/** Plain values from the JSON of DynamoDB. */
export const fromJson = (json: unknown): Attributes | undefined =>
  json === undefined ? undefined : unmarshall(attributesFrom(json));

/** An item as DynamoDB has it, from its JSON. */
export const attributesFrom = (json: unknown): AttributeMap =>
  withBytes(json as AttributeMap, bytesOf) as AttributeMap;

const OPTIONS = { removeUndefinedValues: true };

const base64Of = (bytes: unknown): string => {
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(bytes)
    ? bytes
    : new Uint8Array(bytes as ArrayBuffer);
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');
};

const bytesOf = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(text as string, 'base64'));

/** In JSON bytes are base64: the one type that `marshall` and `unmarshall` leave to the client. */
function withBytes(attributes: Readonly<Record<string, unknown>>, change: (bytes: unknown) => unknown) {
  const changed: Record<string, unknown> = {};
  for (const name of Object.keys(attributes)) changed[name] = valueWithBytes(attributes[name], change);
  return changed;
}

function valueWithBytes(value: unknown, change: (bytes: unknown) => unknown): unknown {
  const { B, BS, L, M } = value as {
    B?: unknown;
    BS?: readonly unknown[];
    L?: readonly unknown[];
    M?: Readonly<Record<string, unknown>>;
  };
  if (B !== undefined) return { B: change(B) };
  if (BS !== undefined) return { BS: BS.map(change) };
  if (L !== undefined) return { L: L.map((one) => valueWithBytes(one, change)) };
  return M === undefined ? value : { M: withBytes(M, change) };
}
