import { catalogRoutes } from '../catalog/routes.ts';
import { disputeRoutes } from '../disputes/routes.ts';
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
import { reportRoutes } from '../reports/routes.ts';
import { subscriptionRoutes } from '../subscriptions/routes.ts';
import { vaultRoutes } from '../vault/routes.ts';
import { webhookRoutes } from '../webhooks/routes.ts';
import { reauthorize, showAuthorization } from '../payments/reauthorize.ts';
import { refundRoutes } from '../refunds/routes.ts';
import type { Route } from './route.ts';
import { PAYMENTS_MS } from './route.ts';

const HOUR_MS = 3_600_000;
/** How long PayPal remembers the request ids of orders. */
const ORDERS_MS = 6 * HOUR_MS;

const ORDERS = String.raw`^/v2/checkout/orders`;
const AUTHORIZATIONS = String.raw`^/v2/payments/authorizations/(\w+)`;
const created = { show: showCreated, lifetimeMs: ORDERS_MS };
const paid = { show: showPaid, lifetimeMs: ORDERS_MS };
const captured = { show: showCapture, lifetimeMs: PAYMENTS_MS };
const renewed = { show: showAuthorization, lifetimeMs: PAYMENTS_MS };
const voided = { show: showVoided, lifetimeMs: PAYMENTS_MS };
const at = (prefix: string, rest = '') => new RegExp(`${prefix}${rest}$`);

const ROUTES: readonly Route[] = [
  { method: 'POST', path: at(ORDERS), run: createOrder, replay: created },
  { method: 'GET', path: at(ORDERS, String.raw`/(\w+)`), run: getOrder },
  { method: 'POST', path: at(ORDERS, String.raw`/(\w+)/authorize`), run: authorizeOrder, replay: paid },
  { method: 'POST', path: at(ORDERS, String.raw`/(\w+)/capture`), run: captureOrder, replay: paid },
  { method: 'GET', path: at(AUTHORIZATIONS), run: getAuthorization },
  { method: 'POST', path: at(AUTHORIZATIONS, '/capture'), run: captureAuthorization, replay: captured },
  { method: 'POST', path: at(AUTHORIZATIONS, '/reauthorize'), run: reauthorize, replay: renewed },
  { method: 'POST', path: at(AUTHORIZATIONS, '/void'), run: voidAuthorization, replay: voided },
  { method: 'GET', path: /^\/v2\/payments\/captures\/(\w+)$/, run: getCapture },
  ...refundRoutes,
  ...disputeRoutes,
  ...webhookRoutes,
  ...reportRoutes,
  ...vaultRoutes,
  ...catalogRoutes,
  ...subscriptionRoutes,
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
