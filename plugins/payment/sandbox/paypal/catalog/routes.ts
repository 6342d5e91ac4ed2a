import type { Route } from '../api/route.ts';
import { activatePlan, createPlan, deactivatePlan, getPlan, listPlans, showPlan } from './plans.ts';
import { createProduct, getProduct, listProducts, showProduct } from './products.ts';

/** How long PayPal remembers the request ids of products, plans and subscriptions. */
export const CATALOG_MS = 72 * 3_600_000;

const PRODUCTS = /^\/v1\/catalogs\/products$/;
const PLANS = /^\/v1\/billing\/plans$/;

/** What can be subscribed to. */
export const catalogRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: PRODUCTS,
    run: createProduct,
    replay: { show: showProduct, lifetimeMs: CATALOG_MS },
  },
  { method: 'GET', path: PRODUCTS, run: listProducts },
  { method: 'GET', path: /^\/v1\/catalogs\/products\/([\w-]+)$/, run: getProduct },
  { method: 'POST', path: PLANS, run: createPlan, replay: { show: showPlan, lifetimeMs: CATALOG_MS } },
  { method: 'GET', path: PLANS, run: listPlans },
  { method: 'GET', path: /^\/v1\/billing\/plans\/([\w-]+)$/, run: getPlan },
  { method: 'POST', path: /^\/v1\/billing\/plans\/([\w-]+)\/activate$/, run: activatePlan },
  { method: 'POST', path: /^\/v1\/billing\/plans\/([\w-]+)\/deactivate$/, run: deactivatePlan },
];
