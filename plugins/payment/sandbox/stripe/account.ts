import type { RequestCause, SandboxAccount } from '../shared/account.ts';
import type { Records } from './store/records.ts';

/** API version whose shapes and rules the sandbox follows. */
export const API_VERSION = '2026-10-28.endive';

/** The merchant account with the keys that its API takes. */
export interface Account extends SandboxAccount<Records> {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
}

/** What changes objects of the account: a request of the API, or time and the payer, which have no request. */
export interface Cause extends RequestCause {
  readonly account: Account;
}

/** The cause of changes made by time or by the payer. */
export function unasked(account: Account): Cause {
  return { account, requestId: null, idempotencyKey: null };
}

/** The sandbox's clock in whole seconds, as the API writes times. */
export function nowSeconds(account: Account): number {
  return Math.floor(account.nowMs() / 1000);
}
