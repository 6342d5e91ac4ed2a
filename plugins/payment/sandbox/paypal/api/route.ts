import { pathPattern, type Route } from '../../shared/api/routes.ts';
import type { Account } from '../account.ts';

/** One authenticated API request. */
export interface Call {
  readonly account: Account;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parsed JSON body, `{}` when there was none. */
  readonly body: unknown;
  /** The body as it came. */
  readonly rawBody: string;
  /** `Prefer: return=representation`. */
  readonly representation: boolean;
  readonly requestId: string | null;
}

/** What an endpoint answers; `ref` names what it made, for the next request with the same id. */
export interface Result {
  readonly status: number;
  readonly body?: object;
  readonly ref?: string;
}

type Run = (call: Call, id: string) => Result;

/** How what a request id made looks now, and how long that is remembered. */
export interface Replay {
  readonly show: (call: Call, ref: string) => Omit<Result, 'status'>;
  readonly lifetimeMs: number;
}

/** One endpoint; those that act for a request id once have a `replay`. */
export interface PaypalRoute extends Route {
  readonly run: Run;
  readonly replay?: Replay | undefined;
}

const HOUR_MS = 3_600_000;

/** How long PayPal remembers the request ids of payments. */
export const PAYMENTS_MS = 45 * 24 * HOUR_MS;
/** How long PayPal remembers the request ids of orders. */
export const ORDERS_MS = 6 * HOUR_MS;
/** How long PayPal remembers the request ids of products, plans and subscriptions. */
export const CATALOG_MS = 72 * HOUR_MS;
/** How long PayPal remembers the request ids of the vault. */
export const VAULT_MS = 3 * HOUR_MS;

const routeOf = (method: string) => (path: string, run: Run, replay?: Replay) => ({
  method,
  path: pathPattern(path),
  run,
  replay,
});

export const get = routeOf('GET');
export const post = routeOf('POST');
export const del = routeOf('DELETE');

/** A `POST` that makes something and answers 201 with it; `make` gives its id. */
export function creates(
  path: string,
  make: (call: Call, id: string) => string,
  show: Replay['show'],
  lifetimeMs: number,
): PaypalRoute {
  const run: Run = (call, id) => ({ status: 201, ...show(call, make(call, id)) });
  return post(path, run, { show, lifetimeMs });
}
