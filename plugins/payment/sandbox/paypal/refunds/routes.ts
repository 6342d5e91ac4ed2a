import type { Route } from '../api/route.ts';
import { PAYMENTS_MS } from '../api/route.ts';
import { getRefund, refundCapture, showRefund } from './refund.ts';

/** Refunds of captures. */
export const refundRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: /^\/v2\/payments\/captures\/(\w+)\/refund$/,
    run: refundCapture,
    replay: { show: showRefund, lifetimeMs: PAYMENTS_MS },
  },
  { method: 'GET', path: /^\/v2\/payments\/refunds\/(\w+)$/, run: getRefund },
];
