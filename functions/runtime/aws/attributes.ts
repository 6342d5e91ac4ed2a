import { convertToAttr, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item, or a part of one, as plain values: strings, numbers, booleans, null, bytes, arrays, objects and sets. */
export type Attributes = Record<string, unknown>;

/** The same as DynamoDB has it, each value under the name of its type. */
export type AttributeMap = Record<string, AttributeValue>;

/** Plain values as JSON that DynamoDB reads; members that are `undefined` are left out. */
export function toJson(attributes: Attributes): object {
  const json: AttributeMap = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && typeof value !== 'function') json[name] = convertToAttr(value, OPTIONS);
  }
  return withBytes(json, base64Of);
}

/** Plain values from the JSON of DynamoDB, which it changes. */
export const fromJson = (json: unknown): Attributes | undefined =>
  json === undefined ? undefined : unmarshall(attributesFrom(json));

/** An item as DynamoDB has it, from its JSON, which it changes. */
export const attributesFrom = (json: unknown): AttributeMap => withBytes(json as AttributeMap, bytesOf);

const OPTIONS = { removeUndefinedValues: true };

function base64Of(data: unknown): string {
  const bytes = ArrayBuffer.isView(data) ? data : new Uint8Array(data as ArrayBuffer);
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

const bytesOf = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(text as string, 'base64'));

type Change = (bytes: unknown) => unknown;

/** In JSON bytes are base64: the one type that the conversion leaves to the client. Changes its argument. */
function withBytes<Values extends object>(attributes: Values, change: Change): Values {
  for (const value of Object.values(attributes) as object[]) changeBytes(value, change);
  return attributes;
}

function changeBytes(value: { B?: unknown; BS?: unknown[]; L?: object[]; M?: object }, change: Change): void {
  if (value.B !== undefined) value.B = change(value.B);
  else if (value.L !== undefined) for (const one of value.L) changeBytes(one, change);
  else if (value.M !== undefined) withBytes(value.M, change);
  else if (value.BS !== undefined) value.BS = value.BS.map(change);
}
