import * as z from 'zod/mini';
import { type Control, nothing } from '../shared/controls/control.ts';
import { dashboardOf, type DashboardRequest, deleteAt, postTo } from '../shared/controls/dashboard.ts';
import { type Account, unasked } from './account.ts';
import { parseForm } from './api/form.ts';
import type { StripeRoute } from './api/route.ts';

const amount = z.optional(z.int().check(z.minimum(0)));
const text = z.optional(z.string());
const metadata = z.optional(z.record(z.string(), z.string()));

const refund = z.strictObject({
  ref: z.string(),
  amount,
  reason: z.optional(z.enum(['duplicate', 'fraudulent', 'requested_by_customer'])),
});
const capture = z.strictObject({ amount, final: z.optional(z.boolean()) });
const cancelPayment = z.strictObject({
  reason: z.optional(z.enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'])),
});
const customer = z.strictObject({ email: text, name: text, phone: text, description: text, metadata });
const method = z.strictObject({ expMonth: z.optional(z.int()), expYear: z.optional(z.int()) });
const cancelSubscription = z.strictObject({ atPeriodEnd: z.optional(z.boolean()) });

/** What the merchant does in Stripe's dashboard. An empty text unsets a member of a customer. */
export function dashboardControls(account: Account, routes: readonly StripeRoute[]): readonly Control[] {
  const control = dashboardOf(account, routes, (route, { body = {}, method: verb, path }, id) => {
    const form = parseForm(formOf(body));
    return route.run({ ...unasked(account), method: verb, path, form, publishable: false }, id);
  });
  return [
    control('refunds', refund, ({ ref, ...rest }) =>
      postTo('/v1/refunds', { [ref.startsWith('ch_') ? 'charge' : 'payment_intent']: ref, ...rest }),
    ),
    control('payments/{id}/capture', capture, ({ amount: part, final }, id) =>
      postTo(`/v1/payment_intents/${id}/capture`, { amount_to_capture: part, final_capture: final }),
    ),
    control('payments/{id}/cancel', cancelPayment, ({ reason }, id) =>
      postTo(`/v1/payment_intents/${id}/cancel`, { cancellation_reason: reason }),
    ),
    control('customers/{id}/update', customer, (changes, id) => postTo(`/v1/customers/${id}`, changes)),
    control('customers/{id}/delete', nothing, (_, id) => deleteAt(`/v1/customers/${id}`)),
    control('payment_methods/{id}/update', method, ({ expMonth, expYear }, id) =>
      postTo(`/v1/payment_methods/${id}`, { card: { exp_month: expMonth, exp_year: expYear } }),
    ),
    control('payment_methods/{id}/detach', nothing, (_, id) => postTo(`/v1/payment_methods/${id}/detach`)),
    control('subscriptions/{id}/cancel', cancelSubscription, ({ atPeriodEnd }, id) =>
      atPeriodEnd === true
        ? postTo(`/v1/subscriptions/${id}`, { cancel_at_period_end: true })
        : deleteAt(`/v1/subscriptions/${id}`),
    ),
    control('subscriptions/{id}/pause', nothing, (_, id) =>
      postTo(`/v1/subscriptions/${id}`, { pause_collection: { behavior: 'void' } }),
    ),
    control('subscriptions/{id}/resume', nothing, (_, id) => resumption(account, id)),
  ];
}

/** Resumes collection, or keeps a subscription that was to end with its period. */
function resumption(account: Account, id: string): DashboardRequest {
  const subscription = account.store.get('subscription', id);
  const path = `/v1/subscriptions/${id}`;
  if (subscription?.status === 'paused') return postTo(`${path}/resume`);
  const ends = subscription?.cancel_at_period_end === true;
  return postTo(path, ends ? { cancel_at_period_end: false } : { pause_collection: '' });
}

/** Stripe's form encoding: `a[b]=1`; what is undefined is left out. */
function formOf(body: Readonly<Record<string, unknown>>): string {
  const pairs: [string, string][] = [];
  const add = (key: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      for (const [name, member] of Object.entries(value)) add(`${key}[${name}]`, member);
    else if (typeof value === 'string') pairs.push([key, value]);
    else if (typeof value === 'number' || typeof value === 'boolean') pairs.push([key, `${value}`]);
  };
  for (const [name, value] of Object.entries(body)) add(name, value);
  return new URLSearchParams(pairs).toString();
}
