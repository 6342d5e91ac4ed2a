import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Form } from '../http/form.ts';
import type { IdempotencyRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { ApiError, invalid } from './errors.ts';

/** How long Stripe remembers a key. */
export const KEY_LIFETIME_MS = 24 * 3600 * 1000;
const KEY_LENGTH_MAX = 255;

/** The key of a request that has one; reads never have. */
export function keyOf(method: string, headers: IncomingHttpHeaders): string | null {
  const header = headers['idempotency-key'];
  const key = Array.isArray(header) ? header[0] : header;
  return method !== 'POST' || key === undefined || key === '' ? null : key;
}

/** Refuses a key that is too long. */
export function checkKey(key: string | null): void {
  if (key === null || key.length <= KEY_LENGTH_MAX) return;
  throw invalid(`Idempotency keys can be at most ${KEY_LENGTH_MAX} characters long.`);
}

/** Two requests with one fingerprint ask for the same thing. */
export function fingerprint(method: string, path: string, form: Form): string {
  return createHash('sha256')
    .update(`${method} ${path}\n${JSON.stringify(sorted(form))}`)
    .digest('hex');
}

function sorted(form: Form): unknown {
  const entries = Object.entries(form).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : sorted(value),
  ]);
  return entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

/** What the key did before, if it is remembered; another request under it is refused. */
export function recall(account: Account, key: string, print: string): IdempotencyRecord | undefined {
  const known = account.store.get('idempotency', key);
  if (!known) return undefined;
  if (account.nowMs() - known.createdAtMs >= KEY_LIFETIME_MS) {
    account.store.delete('idempotency', key);
    return undefined;
  }
  if (known.fingerprint === print) return known;
  throw new ApiError(400, {
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used for the same endpoint and with the same parameters they ' +
      `were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

/** Another request with this key has not been answered yet. */
export function keyInUse(key: string): ApiError {
  return new ApiError(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message:
      `There is currently another in-progress request using this Idempotency Key (${key}) (that probably means ` +
      'you submitted twice, and the other request is still going through).',
  });
}
