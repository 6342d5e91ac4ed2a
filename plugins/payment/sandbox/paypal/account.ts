import type { SandboxAccount } from '../shared/account.ts';
import type { Records } from './store/records.ts';

/** The merchant account with the keys that its API takes. */
export interface Account extends SandboxAccount<Records> {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly webhookId: string;
}

/** A time as the API writes it: ISO 8601 in whole seconds. */
export function isoTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** The sandbox's clock as the API writes it. */
export function nowIso(account: Account): string {
  return isoTime(account.nowMs());
}
