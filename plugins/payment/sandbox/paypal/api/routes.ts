import { createOrder, getOrder, showCreated } from '../orders/create.ts';
import { authorizeOrder, captureOrder, showPaid } from '../orders/pay.ts';
import {
  captureAuthorization,
  getAuthorization,
  showCapture,
  showVoided,
  voidAuthorization,
} from '../payments/authorizations.ts';
import { getCapture } from '../payments/captures.ts';
import { verifySignature } from '../webhooks/verify.ts';
import type { Call, Made } from './call.ts';

const HOUR_MS = 3_600_000;
/** How long PayPal remembers the request ids of orders and of payments. */
const ORDERS_MS = 6 * HOUR_MS;
const PAYMENTS_MS = 45 * 24 * HOUR_MS;

/** One endpoint; the group of `path` is the id. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly run: (call: Call, id: string) => Made;
  /** For endpoints that act: how what a request id made looks now, and how long that is remembered. */
  readonly replay?: {
    readonly show: (call: Call, ref: string) => Omit<Made, 'status'>;
    readonly lifetimeMs: number;
  };
}

const ORDERS = String.raw`^/v2/checkout/orders`;
const AUTHORIZATIONS = String.raw`^/v2/payments/authorizations/(\w+)`;
const created = { show: showCreated, lifetimeMs: ORDERS_MS };
const paid = { show: showPaid, lifetimeMs: ORDERS_MS };
const captured = { show: showCapture, lifetimeMs: PAYMENTS_MS };
const voided = { show: showVoided, lifetimeMs: PAYMENTS_MS };
const at = (prefix: string, rest = '') => new RegExp(`${prefix}${rest}$`);

const ROUTES: readonly Route[] = [
  { method: 'POST', path: at(ORDERS), run: createOrder, replay: created },
  { method: 'GET', path: at(ORDERS, String.raw`/(\w+)`), run: getOrder },
  { method: 'POST', path: at(ORDERS, String.raw`/(\w+)/authorize`), run: authorizeOrder, replay: paid },
  { method: 'POST', path: at(ORDERS, String.raw`/(\w+)/capture`), run: captureOrder, replay: paid },
  { method: 'GET', path: at(AUTHORIZATIONS), run: getAuthorization },
  { method: 'POST', path: at(AUTHORIZATIONS, '/capture'), run: captureAuthorization, replay: captured },
  { method: 'POST', path: at(AUTHORIZATIONS, '/void'), run: voidAuthorization, replay: voided },
  { method: 'GET', path: /^\/v2\/payments\/captures\/(\w+)$/, run: getCapture },
  { method: 'POST', path: /^\/v1\/notifications\/verify-webhook-signature$/, run: verifySignature },
];

/** The endpoint for a method and path, with the id in the path; only the path fits when `route` is undefined. */
export function findRoute(method: string, path: string): { route?: Route; id: string } | undefined {
  const fitting = ROUTES.flatMap((route) => {
    const match = route.path.exec(path);
    return match ? [{ route, id: match[1] ?? '' }] : [];
  });
  if (fitting.length === 0) return undefined;
  return fitting.find(({ route }) => route.method === method) ?? { id: '' };
}
