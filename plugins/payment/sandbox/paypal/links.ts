import type { Account } from './account.ts';
import type { Link } from './api/errors.ts';

/** Where the payer approves an order. */
export function approvalUrl(account: Account, orderId: string): string {
  return `${account.origin()}/checkoutnow?token=${orderId}`;
}

/** A link to something of the API. */
export function apiLink(account: Account, path: string, rel: string, method = 'GET'): Link {
  return { href: `${account.origin()}${path}`, rel, method };
}

/** A link to a list, with its query. */
export function listLink(account: Account, path: string, query: URLSearchParams, rel: string): Link {
  return apiLink(account, `${path}?${query.toString()}`, rel);
}
