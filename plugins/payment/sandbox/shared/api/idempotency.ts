import { createHash } from 'node:crypto';

/** What is remembered of an idempotency key; `fingerprint` covers method, path and parameters. */
export interface KeyRecord {
  readonly fingerprint: string;
  readonly createdAtMs: number;
}

/** Two requests with one fingerprint ask for the same thing, whatever the order of their members. */
export function fingerprintOf(method: string, path: string, params: unknown): string {
  return createHash('sha256')
    .update(`${method} ${path}\n${JSON.stringify(sorted(params))}`)
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The record of a key that was made after `sinceMs`. @throws `conflict` when the key was used for another request */
export function recall<R extends KeyRecord>(
  known: R | undefined,
  fingerprint: string,
  sinceMs: number,
  conflict: () => Error,
): R | undefined {
  if (!known || known.createdAtMs <= sinceMs) return undefined;
  if (known.fingerprint === fingerprint) return known;
  throw conflict();
}
