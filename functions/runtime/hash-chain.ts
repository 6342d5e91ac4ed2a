import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** What makes an entry of an append-only log a link of a hash chain. */
export interface ChainLink {
  /** `hash` of the entry before it; undefined for the first. */
  readonly previousHash?: string | undefined;
  /** SHA-256, as base64url, of the canonical JSON (RFC 8785) of the entry's other members. */
  readonly hash: string;
}

/** An entry as the next link of a chain. */
export function linkTo<T extends object>(previousHash: string | undefined, content: T): T & ChainLink {
  const linked = { ...content, ...(previousHash !== undefined && { previousHash }) };
  return { ...linked, hash: linkHash(linked) };
}

/** What the `hash` of an entry has to be. */
export function linkHash({ hash: _hash, ...entry }: object & Partial<ChainLink>): string {
  return createHash('sha256').update(canonicalJson(entry)).digest('base64url');
}
