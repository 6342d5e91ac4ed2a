import type { Route } from '../api/route.ts';
import { CATALOG_MS } from '../catalog/routes.ts';
import { activateSubscription, cancelSubscription, suspendSubscription } from './change.ts';
import { createSubscription, getSubscription, showSubscription } from './create.ts';
import { getSale, getSaleRefund, listTransactions } from './read.ts';

const ALL = String.raw`^/v1/billing/subscriptions`;
const at = (rest = '') => new RegExp(String.raw`${ALL}/([\w-]+)${rest}$`);

/** Subscriptions and their charges. */
export const subscriptionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: new RegExp(`${ALL}$`),
    run: createSubscription,
    replay: { show: showSubscription, lifetimeMs: CATALOG_MS },
  },
  { method: 'GET', path: at(), run: getSubscription },
  { method: 'POST', path: at('/cancel'), run: cancelSubscription },
  { method: 'POST', path: at('/suspend'), run: suspendSubscription },
  { method: 'POST', path: at('/activate'), run: activateSubscription },
  { method: 'GET', path: at('/transactions'), run: listTransactions },
  { method: 'GET', path: /^\/v1\/payments\/sale\/(\w+)$/, run: getSale },
  { method: 'GET', path: /^\/v1\/payments\/refund\/(\w+)$/, run: getSaleRefund },
];
