import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestIdRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { invalid, unprocessable } from './errors.ts';

const LENGTH_MAX = 108;

/** The `PayPal-Request-Id` of a request that has one; reads never have. */
export function requestIdOf(method: string, headers: IncomingHttpHeaders): string | null {
  const header = headers['paypal-request-id'];
  const id = Array.isArray(header) ? header[0] : header;
  return method !== 'POST' || id === undefined || id === '' ? null : id;
}

/** Refuses an id that is too long. */
export function checkRequestId(id: string | null): void {
  if (id === null || id.length <= LENGTH_MAX) return;
  const description = `The value of a field is either too short or too long: at most ${LENGTH_MAX} characters.`;
  throw invalid('INVALID_STRING_LENGTH', description, 'PayPal-Request-Id', 'header');
}

/** Two requests with one fingerprint ask for the same thing, whatever the order of their members. */
export function fingerprint(method: string, path: string, body: unknown): string {
  return createHash('sha256')
    .update(`${method} ${path}\n${JSON.stringify(sorted(body))}`)
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What the id made before, if it is remembered; another request under it is refused. */
export function recall(
  account: Account,
  id: string,
  print: string,
  lifetimeMs: number,
): RequestIdRecord | undefined {
  const known = account.store.get('requestId', id);
  if (!known || account.nowMs() - known.createdAtMs >= lifetimeMs) return undefined;
  if (known.fingerprint === print) return known;
  throw unprocessable(
    'PAYPAL_REQUEST_ID_PREVIOUSLY_USED',
    'The PayPal-Request-Id has already been used for another request.',
  );
}
