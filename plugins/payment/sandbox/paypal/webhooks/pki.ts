import type { PkiRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { makePki } from './certificates.ts';

const known = new WeakMap<World['store'], PkiRecord>();

/** The sandbox's certificates, made when they are first needed; a reset does not change them, nor a restart. */
export function pkiOf(world: World): PkiRecord {
  const pki = known.get(world.store) ?? world.store.get('pki', 'current') ?? makePki(world.realNowMs());
  known.set(world.store, pki);
  if (!world.store.get('pki', 'current')) world.store.put('pki', 'current', pki);
  return pki;
}

/** Where the certificates of the sandbox are found. */
export function certUrl(world: World): string {
  return `${world.origin()}/v1/notifications/certs/${pkiOf(world).certId}`;
}
