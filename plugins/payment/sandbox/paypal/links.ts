import type { Link } from './api/errors.ts';
import type { World } from './world.ts';

/** Where the payer approves an order. */
export function approvalUrl(world: World, orderId: string): string {
  return `${world.origin()}/checkoutnow?token=${orderId}`;
}

/** A URL of the merchant with more in its query; undefined without one. */
export function withQuery(
  url: string | undefined,
  query: Readonly<Record<string, string>>,
): string | undefined {
  if (url === undefined) return undefined;
  const to = new URL(url);
  for (const [name, value] of Object.entries(query)) to.searchParams.set(name, value);
  return to.href;
}

/** A link to something of the API. */
export function apiLink(world: World, path: string, rel: string, method = 'GET'): Link {
  return { href: `${world.origin()}${path}`, rel, method };
}

/** A link to a list, with its query. */
export function listLink(world: World, path: string, query: URLSearchParams, rel: string): Link {
  return apiLink(world, `${path}?${query.toString()}`, rel);
}
