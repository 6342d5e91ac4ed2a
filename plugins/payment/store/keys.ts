import { createHash } from 'node:crypto';
import type { IdempotencyKey } from './idempotency.ts';

export interface Key {
  readonly PK: string;
  readonly SK: string;
}

const DIGITS = 10;
const number = (n: number): string => String(n).padStart(DIGITS, '0');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Escapes separators, so that a foreign name cannot extend into the next part of a key. */
const part = (text: string): string => text.replaceAll('%', '%25').replaceAll('#', '%23');

export const LOG_PREFIX = 'LOG#';
export const REFUND_PREFIX = 'RFD#';
export const DISPUTE_PREFIX = 'DSP#';

/** The number of partitions of the index of due items, each sorted by time. */
export const DUE_SHARDS = 8;

/** The keys of the single table; every kind of item has exactly one form. */
export const keys = {
  payment: (id: string): Key => ({ PK: `PAY#${id}`, SK: 'PAY' }),
  operation: (paymentId: string, id: string): Key => ({ PK: `PAY#${paymentId}`, SK: `OP#${id}` }),
  refund: (paymentId: string, id: string): Key => ({ PK: `PAY#${paymentId}`, SK: `${REFUND_PREFIX}${id}` }),
  dispute: (paymentId: string, ref: string): Key => ({
    PK: `PAY#${paymentId}`,
    SK: `${DISPUTE_PREFIX}${part(ref)}`,
  }),
  log: (paymentId: string, version: number): Key => ({
    PK: `PAY#${paymentId}`,
    SK: `${LOG_PREFIX}${number(version)}`,
  }),
  outbox: (partition: string, seq: number): Key => ({ PK: partition, SK: `EVT#${number(seq)}` }),
  customer: (id: string): Key => ({ PK: `CUS#${id}`, SK: 'CUS' }),
  customerPayment: (customerId: string, createdAt: string, paymentId: string): Key => ({
    PK: `CUS#${customerId}`,
    SK: `PAY#${createdAt}#${paymentId}`,
  }),
  customerSubscription: (customerId: string, subscriptionId: string): Key => ({
    PK: `CUS#${customerId}`,
    SK: `SUB#${subscriptionId}`,
  }),
  subscription: (id: string): Key => ({ PK: `SUB#${id}`, SK: 'SUB' }),
  ref: (provider: string, ref: string): Key => ({ PK: `REF#${provider}#${part(ref)}`, SK: 'REF' }),
  /** The single entry of an outbox of its own. */
  inbox: (provider: string, eventId: string): Key => ({
    PK: `WH#${provider}#${part(eventId)}`,
    SK: `EVT#${number(1)}`,
  }),
  notice: (id: string): string => `NOTE#${part(id)}`,
  order: (tenant: string, reference: string): Key => ({
    PK: `ORD#${part(tenant)}#${sha256(reference)}`,
    SK: 'ORD',
  }),
  limit: (tenant: string, scope: string, currency: string, day: string): Key => ({
    PK: `LIM#${part(tenant)}#${part(scope)}#${currency}#${day}`,
    SK: 'LIM',
  }),
  /** The newest entry of a tenant's audit. */
  audit: (tenant: string): Key => ({ PK: `AUD#${part(tenant)}`, SK: 'AUD' }),
  auditEntry: (tenant: string, version: number): Key => ({
    PK: `AUD#${part(tenant)}`,
    SK: `${LOG_PREFIX}${number(version)}`,
  }),
  job: (name: string): Key => ({ PK: `JOB#${name}`, SK: 'JOB' }),
  idempotency: ({ tenant, subject, key }: IdempotencyKey): Key => ({
    PK: `IDEM#${part(tenant)}#${part(subject)}#${sha256(key)}`,
    SK: 'IDEM',
  }),
};

export const duePartition = (shard: number): string => `DUE#${shard}`;
/** The index partition of a due item: always the same for one id. */
function shardOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt8(0) % DUE_SHARDS;
}

/** The index attributes of a due item; without a time the item is not in the index. */
export function dueAttributes(id: string, nextCheckAt: string | undefined): Readonly<Record<string, string>> {
  return nextCheckAt === undefined ? {} : { GSI2PK: duePartition(shardOf(id)), GSI2SK: nextCheckAt };
}

/** Partition of the list of payments: one per tenant and month. */
export const monthPartition = (tenant: string, month: string): string => `T#${part(tenant)}#${month}`;
export const listSortKey = (createdAt: string, id: string): string => `${createdAt}#${id}`;
/** `2026-11-23T...` -> `202611`. */
export const monthOf = (iso: string): string => iso.slice(0, 7).replace('-', '');
