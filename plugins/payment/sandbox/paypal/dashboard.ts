import * as z from 'zod/mini';
import { type Control, ControlError, named, nothing } from '../shared/controls/control.ts';
import { dashboardOf, deleteAt, postTo } from '../shared/controls/dashboard.ts';
import type { Account } from './account.ts';
import type { PaypalRoute } from './api/route.ts';
import { controlAmount } from './control-money.ts';
import { captureAt } from './disputes/controls.ts';
import type { OrderRecord } from './store/records.ts';

const refund = z.strictObject({ ref: z.string(), amount: controlAmount });
const capture = z.strictObject({ amount: controlAmount, final: z.optional(z.boolean()) });

/** What the merchant does on PayPal's site, under the names that the other sandboxes use too. */
export function dashboardControls(account: Account, routes: readonly PaypalRoute[]): readonly Control[] {
  const control = dashboardOf(account, routes, ({ run }, { body = {}, method, path }, id) => {
    const raw = { query: new URLSearchParams(), rawBody: JSON.stringify(body), requestId: null };
    return run({ account, method, path, body, ...raw, representation: true }, id).body ?? { id };
  });
  const reason = { reason: 'By the merchant, on the site' };
  const subscriptions = (verb: string, id: string) =>
    postTo(`/v1/billing/subscriptions/${id}/${verb}`, reason);
  return [
    control('refunds', refund, ({ ref, amount }) => {
      const { currency, id } = captureAt(account, ref);
      return postTo(`/v2/payments/captures/${id}/refund`, amountOf(amount, currency));
    }),
    control('payments/{slug}/capture', capture, ({ amount, final }, id) => {
      const { authorizationId, currency } = orderAt(account, id);
      if (authorizationId === undefined) return postTo(`/v2/checkout/orders/${id}/capture`);
      const body = { ...amountOf(amount, currency), final_capture: final ?? true };
      return postTo(`/v2/payments/authorizations/${authorizationId}/capture`, body);
    }),
    control('payments/{slug}/cancel', nothing, (_, id) => {
      const { authorizationId } = orderAt(account, id);
      if (authorizationId === undefined)
        throw new ControlError(`${id} holds no money; PayPal has no way to cancel an order, it lapses`);
      return postTo(`/v2/payments/authorizations/${authorizationId}/void`);
    }),
    control('payment_methods/{slug}/detach', nothing, (_, id) => deleteAt(`/v3/vault/payment-tokens/${id}`)),
    control('subscriptions/{slug}/cancel', nothing, (_, id) => subscriptions('cancel', id)),
    control('subscriptions/{slug}/pause', nothing, (_, id) => subscriptions('suspend', id)),
    control('subscriptions/{slug}/resume', nothing, (_, id) => subscriptions('activate', id)),
  ];
}

const amountOf = (value: string | undefined, currency: string) =>
  value === undefined ? {} : { amount: { value, currency_code: currency } };

function orderAt(account: Account, id: string): OrderRecord {
  return named(account.store.get('order', id), 'order', id);
}
