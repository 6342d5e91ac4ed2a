import type { Account } from '../account.ts';
import type { Records } from '../store/records.ts';
import { notFound } from './errors.ts';
import type { Call, Replay, Result } from './route.ts';

/** How the API writes a kind of record. */
type View<K extends keyof Records> = (account: Account, record: Records[K]) => object;

/** The record with this id, or a 404. */
export function stored<K extends keyof Records>({ store }: Account, kind: K, id: string): Records[K] {
  const record = store.get(kind, id);
  if (record === undefined) throw notFound();
  return record;
}

/** `GET` of one resource. */
export function retrieve<K extends keyof Records>(
  kind: K,
  view: View<K>,
): (call: Call, id: string) => Result {
  return ({ account }, id) => ({ status: 200, body: view(account, stored(account, kind, id)) });
}

/** A resource as the request wants to see it: whole, or `minimal` by default. */
export function shown<K extends keyof Records>(kind: K, view: View<K>, minimal: View<K>): Replay['show'] {
  return ({ account, representation }, id) => {
    const record = stored(account, kind, id);
    return { body: representation ? view(account, record) : minimal(account, record), ref: id };
  };
}
