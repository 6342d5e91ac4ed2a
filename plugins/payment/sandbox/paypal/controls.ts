import * as z from 'zod/mini';
import { actionControl, type Control, ControlError, named, nothing } from '../shared/controls/control.ts';
import { decisionsControl } from '../shared/controls/decisions.ts';
import type { Account } from './account.ts';
import type { PaypalRoute } from './api/route.ts';
import { dashboardControls } from './dashboard.ts';
import { paypalDecisions } from './decisions.ts';
import { disputeControls } from './disputes/controls.ts';
import { approveOrder, declineOrder, expireOrder } from './orders/buyer.ts';
import { OUTCOMES } from './orders/outcomes.ts';
import { orderView } from './orders/view.ts';
import { settleCapture } from './payments/authorizations.ts';
import { captureView } from './payments/capture-view.ts';
import { refundControls } from './refunds/controls.ts';
import { subscriptionControls } from './subscriptions/controls.ts';
import { vaultControls } from './vault/controls.ts';

const approveSchema = z.strictObject({ outcome: z.optional(z.enum(OUTCOMES)) });
const settleSchema = z.strictObject({ result: z.enum(['completed', 'denied']) });

/** What payers, PayPal and the merchant on PayPal's site do. */
export function paypalControls(account: Account, routes: readonly PaypalRoute[]): readonly Control[] {
  return [
    ...orderControls(account),
    actionControl(account, 'captures/{id}/settle', settleSchema, ({ result }, id) => {
      const { status } = named(account.store.get('capture', id), 'capture', id);
      const settled = settleCapture(account, id, result);
      if (settled) return captureView(account, settled);
      throw new ControlError(`${id} is ${status}; only a pending capture can be settled`);
    }),
    ...refundControls(account),
    ...disputeControls(account),
    ...dashboardControls(account, routes),
    ...vaultControls(account),
    ...subscriptionControls(account),
    decisionsControl(() => paypalDecisions(account)),
  ];
}

function orderControls(account: Account): readonly Control[] {
  const orderAt = (id: string) => named(account.store.get('order', id), 'order', id);
  return [
    actionControl(account, 'orders/{id}/approve', approveSchema, ({ outcome }, id) => {
      const order = orderAt(id);
      const done = approveOrder(account, order, outcome);
      if (done) return { ...orderView(account, done.object), redirect: done.redirect };
      throw new ControlError(`${id} is ${order.status}; only an order that waits can be approved`);
    }),
    actionControl(account, 'orders/{id}/decline', nothing, (_, id) => {
      const order = orderAt(id);
      const done = declineOrder(account, order);
      if (done) return { ...orderView(account, done.object), redirect: done.redirect };
      throw new ControlError(`${id} is ${order.status}; there is nothing left to decline`);
    }),
    actionControl(account, 'orders/{id}/expire', nothing, (_, id) => {
      const order = orderAt(id);
      if (expireOrder(account, order)) return { id, found: account.store.get('order', id) !== undefined };
      throw new ControlError(`${id} is ${order.status}; only an unpaid order can expire`);
    }),
  ];
}
