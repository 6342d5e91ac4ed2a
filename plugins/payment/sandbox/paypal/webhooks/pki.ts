import type { PkiRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { makePki } from './certificates.ts';

const known = new WeakMap<Account['store'], PkiRecord>();

/** The sandbox's certificates, made when they are first needed; a reset does not change them, nor a restart. */
export function pkiOf(account: Account): PkiRecord {
  const pki = known.get(account.store) ?? account.store.get('pki', 'current') ?? makePki(account.realNowMs());
  known.set(account.store, pki);
  if (!account.store.get('pki', 'current')) account.store.put('pki', 'current', pki);
  return pki;
}

/** Where the certificates of the sandbox are found. */
export function certUrl(account: Account): string {
  return `${account.origin()}/v1/notifications/certs/${pkiOf(account).certId}`;
}
