import * as z from 'zod/mini';
import type { Control } from '../shared/controls/control.ts';
import { ControlError, parseControl } from '../shared/controls/control.ts';
import { dashboardControls } from './dashboard.ts';
import { disputeControls } from './disputes/controls.ts';
import type { Answered } from './orders/buyer.ts';
import { approve, decline, expire } from './orders/buyer.ts';
import { OUTCOMES } from './orders/outcomes.ts';
import { orderView } from './orders/view.ts';
import { captureView } from './payments/capture-view.ts';
import { settle } from './payments/settle.ts';
import { refundControls } from './refunds/controls.ts';
import type { OrderRecord } from './store/records.ts';
import { subscriptionControls } from './subscriptions/controls.ts';
import { vaultControls } from './vault/controls.ts';
import type { Account } from './account.ts';

const approveSchema = z.strictObject({ outcome: z.optional(z.enum(OUTCOMES)) });
const nothingSchema = z.strictObject({});
const settleSchema = z.strictObject({ result: z.enum(['completed', 'denied']) });

/** The payer's part, and PayPal's own decisions about pending captures. */
export function paypalControls(account: Account): readonly Control[] {
  const answered = (answer: Answered): object => ({
    ...orderView(account, answer.order),
    ...(answer.redirect === undefined ? {} : { redirect: answer.redirect }),
  });
  return [
    {
      method: 'POST',
      path: /^\/__sandbox\/orders\/(\w+)\/approve$/,
      run: ({ body, id }) => {
        const { outcome } = parseControl(approveSchema, body);
        const order = find(account, id);
        const done = approve(account, order, outcome);
        if (done) return answered(done);
        throw new ControlError(`${id} is ${order.status}; only an order that waits can be approved`);
      },
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/orders\/(\w+)\/decline$/,
      run: ({ body, id }) => {
        parseControl(nothingSchema, body);
        const order = find(account, id);
        const done = decline(account, order);
        if (done) return answered(done);
        throw new ControlError(`${id} is ${order.status}; there is nothing left to decline`);
      },
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/orders\/(\w+)\/expire$/,
      run: ({ body, id }) => {
        parseControl(nothingSchema, body);
        const order = find(account, id);
        if (expire(account, order)) return { id, found: account.store.get('order', id) !== undefined };
        throw new ControlError(`${id} is ${order.status}; only an unpaid order can expire`);
      },
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/captures\/(\w+)\/settle$/,
      run: ({ body, id }) => {
        const { result } = parseControl(settleSchema, body);
        const capture = account.store.get('capture', id);
        if (!capture) throw new ControlError(`there is no capture ${id}`, 404);
        const settled = settle(account, id, result);
        if (settled) return captureView(account, settled);
        throw new ControlError(`${id} is ${capture.status}; only a pending capture can be settled`);
      },
    },
    ...refundControls(account),
    ...disputeControls(account),
    ...dashboardControls(account),
    ...vaultControls(account),
    ...subscriptionControls(account),
  ];
}

function find(account: Account, id: string): OrderRecord {
  const order = account.store.get('order', id);
  if (!order) throw new ControlError(`there is no order ${id}`, 404);
  return order;
}
