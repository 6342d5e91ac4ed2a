import { holdsCardNumber } from '../api/card-data.ts';
import {
  CUSTOMER_ID_KEY,
  PAYMENT_ID_KEY,
  REFUND_ID_KEY,
  SUBSCRIPTION_ID_KEY,
} from '../providers/metadata-keys.ts';

const REDACTED = '[redacted]';
const DEPTH_MAX = 12;

/** Parts of member names, without case and punctuation, whose whole content is left out. */
const PRIVATE =
  /secret|token|email|phone|address|postal|zip|city|name|birth|dob|holder|recipient|iban|payer|billing|shipping|subscriber|customerdetails|paymentmethoddetails|paymentmethodoptions|paymentsource|bankaccount|evidence|taxid|fingerprint|useragent|ipaddress|description|note|message|signature|password|nextaction/;
/** The metadata keys that are kept: our own ids. */
const OWN_IDS: ReadonlySet<string> = new Set([
  PAYMENT_ID_KEY,
  REFUND_ID_KEY,
  CUSTOMER_ID_KEY,
  SUBSCRIPTION_ID_KEY,
]);

/** Ids, codes, dates and amounts; free text, addresses of any kind and URLs do not look like this. */
const PLAIN = /^[\w.:-]{1,128}$/;

/**
 * The redacted form of an event: ids, codes, amounts and times are kept; members about people, and any other text,
 * are replaced, also under unknown names.
 */
export function redactedBody(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return isPlain(value) ? value : REDACTED;
  if (typeof value === 'number') return holdsCardNumber(String(value)) ? REDACTED : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return REDACTED;
  if (Array.isArray(value)) return value.map((member: unknown) => redactedBody(member, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      isPlain(name) ? name : REDACTED,
      isPrivate(name) && member !== null ? REDACTED : redactedMember(name, member, depth + 1),
    ]),
  );
}

function redactedMember(name: string, member: unknown, depth: number): unknown {
  if (name !== 'metadata' || typeof member !== 'object' || member === null)
    return redactedBody(member, depth);
  return redactedBody(Object.fromEntries(Object.entries(member).filter(([key]) => OWN_IDS.has(key))), depth);
}

const isPlain = (text: string): boolean => PLAIN.test(text) && !holdsCardNumber(text);

function isPrivate(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return plain === 'ip' || PRIVATE.test(plain);
}
