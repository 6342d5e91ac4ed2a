import type { ChainLink } from '#runtime/hash-chain.ts';
import type { LogEntry } from './payment.ts';

/** A log entry as clients see it; its hash is of this form, so that they can compute it. */
export type ShownEntry = Omit<LogEntry, 'paymentId' | keyof ChainLink> & { readonly id: string };

/** The entry without its hashes. */
export function shownEntry({
  paymentId,
  hash: _hash,
  previousHash: _previous,
  ...entry
}: LogEntry): ShownEntry {
  return { id: `${paymentId}:${entry.version}`, ...entry };
}
