import type { Route } from '../api/route.ts';
import { getDispute, listDisputes } from './read.ts';

/** Disputes, which the payer opens and PayPal decides. */
export const disputeRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v1\/customer\/disputes$/, run: listDisputes },
  { method: 'GET', path: /^\/v1\/customer\/disputes\/([\w-]+)$/, run: getDispute },
];
