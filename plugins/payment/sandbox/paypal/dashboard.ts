import * as z from 'zod/mini';
import type { Control } from '../shared/controls/control.ts';
import { ControlError } from '../shared/controls/control.ts';
import {
  type DashboardRequest,
  dashboardControl,
  nothing,
  performed,
  type Refusal,
} from '../shared/controls/dashboard.ts';
import { ApiError } from './api/errors.ts';
import { findRoute } from './api/routes.ts';
import { controlAmount } from './control-money.ts';
import { captureAt } from './disputes/controls.ts';
import type { OrderRecord } from './store/records.ts';
import type { Account } from './account.ts';

const refund = z.strictObject({ ref: z.string(), amount: controlAmount });
const capture = z.strictObject({ amount: controlAmount, final: z.optional(z.boolean()) });

const at = (rest: string) => new RegExp(`^/__sandbox/${rest}$`);
const ID = String.raw`([\w-]+)`;

/** What the merchant does on PayPal's site, under the names that the other sandboxes use too. */
export function dashboardControls(account: Account): readonly Control[] {
  const act = (request: DashboardRequest) => perform(account, request);
  const post = (path: string, body: Readonly<Record<string, unknown>> = {}): DashboardRequest => ({
    method: 'POST',
    path,
    body,
  });
  const reason = { reason: 'By the merchant, on the site' };
  const subscriptions = (verb: string, id: string) => post(`/v1/billing/subscriptions/${id}/${verb}`, reason);
  return [
    dashboardControl(at('refunds'), refund, act, ({ ref, amount }) => {
      const { currency, id } = captureAt(account, ref);
      return post(`/v2/payments/captures/${id}/refund`, money(amount, currency));
    }),
    dashboardControl(at(`payments/${ID}/capture`), capture, act, ({ amount, final }, id) => {
      const { authorizationId, currency } = orderAt(account, id);
      if (authorizationId === undefined) return post(`/v2/checkout/orders/${id}/capture`);
      const body = { ...money(amount, currency), final_capture: final ?? true };
      return post(`/v2/payments/authorizations/${authorizationId}/capture`, body);
    }),
    dashboardControl(at(`payments/${ID}/cancel`), nothing, act, (_, id) => {
      const { authorizationId } = orderAt(account, id);
      if (authorizationId === undefined)
        throw new ControlError(`${id} holds no money; PayPal has no way to cancel an order, it lapses`);
      return post(`/v2/payments/authorizations/${authorizationId}/void`);
    }),
    dashboardControl(at(`payment_methods/${ID}/detach`), nothing, act, (_, id) => ({
      method: 'DELETE',
      path: `/v3/vault/payment-tokens/${id}`,
    })),
    dashboardControl(at(`subscriptions/${ID}/cancel`), nothing, act, (_, id) => subscriptions('cancel', id)),
    dashboardControl(at(`subscriptions/${ID}/pause`), nothing, act, (_, id) => subscriptions('suspend', id)),
    dashboardControl(at(`subscriptions/${ID}/resume`), nothing, act, (_, id) =>
      subscriptions('activate', id),
    ),
  ];
}

const money = (value: string | undefined, currency: string) =>
  value === undefined ? {} : { amount: { value, currency_code: currency } };

function orderAt(account: Account, id: string): OrderRecord {
  const order = account.store.get('order', id);
  if (!order) throw new ControlError(`there is no order ${id}`, 404);
  return order;
}

function perform(account: Account, { body = {}, method, path }: DashboardRequest): object {
  const found = findRoute(method, path);
  const route = found?.route;
  if (found === undefined || route === undefined) throw new ControlError(`there is nothing at ${path}`, 404);
  const call = {
    account,
    method,
    path,
    query: new URLSearchParams(),
    body,
    rawBody: JSON.stringify(body),
    representation: true,
    requestId: null,
  };
  const { body: made } = performed(account.store, () => route.run(call, found.id), refusalOf);
  return made ?? { id: found.id };
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const { details, executed, status } = error;
  const [detail] = details;
  const message = detail === undefined ? error.message : `${detail.issue}: ${detail.description}`;
  return { message, status, executed };
}
