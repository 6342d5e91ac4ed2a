import type { AttributeMap } from '#runtime/aws/attributes.ts';
import type { IdempotencyRecord, StoredAnswer, Subject } from './idempotency.ts';

export type Item = Record<string, unknown>;

const KEY_ATTRIBUTES = ['PK', 'SK', 'GSI1PK', 'GSI1SK', 'GSI2PK', 'GSI2SK'];

/** An item as the object that it was written from. */
export function withoutKeys(item: Item | undefined): unknown {
  return item && Object.fromEntries(Object.entries(item).filter(([name]) => !KEY_ATTRIBUTES.includes(name)));
}

/** The record of an idempotency key; an expired one counts as none, because DynamoDB deletes late. */
export function recordOf(item: Item | undefined, nowSeconds: number): IdempotencyRecord | undefined {
  if (item === undefined || Number(item['expiresAt']) <= nowSeconds) return undefined;
  const answer = item['answer'];
  return {
    fingerprint: String(item['fingerprint']),
    subject: subjectOf(item),
    operationId: String(item['operationId']),
    lockUntil: Number(item['lockUntil']),
    answer: typeof answer === 'string' ? (JSON.parse(answer) as StoredAnswer) : undefined,
  };
}

/** Payments keep their original attribute, so that records work with earlier and later releases. */
export const subjectItem = ({ type, id }: Subject): Item =>
  type === 'payment' ? { paymentId: id } : { subjectType: type, subjectId: id };

function subjectOf(item: Item): Subject {
  const type = item['subjectType'];
  return type === 'customer' || type === 'subscription'
    ? { type, id: String(item['subjectId']) }
    : { type: 'payment', id: String(item['paymentId']) };
}

/** Reads the flat item of a failed condition, which the document client does not unmarshal. */
export function plain(item: AttributeMap | undefined): Item | undefined {
  return item && Object.fromEntries(Object.entries(item).map(([name, value]) => [name, value.S ?? value.N]));
}
