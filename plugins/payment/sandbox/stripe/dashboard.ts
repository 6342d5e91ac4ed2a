import * as z from 'zod/mini';
import type { Control } from '../shared/controls/control.ts';
import { ControlError } from '../shared/controls/control.ts';
import { type DashboardRequest, dashboardControl, nothing, performed } from '../shared/controls/dashboard.ts';
import { ApiError } from './api/errors.ts';
import { findRoute } from './api/routes.ts';
import { parseForm } from './http/form.ts';
import type { Account } from './account.ts';
import { NO_REQUEST } from './account.ts';

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

const at = (rest: string) => new RegExp(`^/__sandbox/${rest}$`);
const ID = String.raw`(\w+)`;

/** What the merchant does in Stripe's dashboard. An empty text takes a member of a customer away. */
export function dashboardControls(account: Account): readonly Control[] {
  const act = (request: DashboardRequest) => perform(account, request);
  const post = (path: string, body: Readonly<Record<string, unknown>> = {}): DashboardRequest => ({
    method: 'POST',
    path,
    body,
  });
  return [
    dashboardControl(at('refunds'), refund, act, ({ ref, ...rest }) =>
      post('/v1/refunds', { [ref.startsWith('ch_') ? 'charge' : 'payment_intent']: ref, ...rest }),
    ),
    dashboardControl(at(`payments/${ID}/capture`), capture, act, ({ amount: part, final }, id) =>
      post(`/v1/payment_intents/${id}/capture`, { amount_to_capture: part, final_capture: final }),
    ),
    dashboardControl(at(`payments/${ID}/cancel`), cancelPayment, act, ({ reason }, id) =>
      post(`/v1/payment_intents/${id}/cancel`, { cancellation_reason: reason }),
    ),
    dashboardControl(at(`customers/${ID}/update`), customer, act, (changes, id) =>
      post(`/v1/customers/${id}`, changes),
    ),
    dashboardControl(at(`customers/${ID}/delete`), nothing, act, (_, id) => ({
      method: 'DELETE',
      path: `/v1/customers/${id}`,
    })),
    dashboardControl(at(`payment_methods/${ID}/update`), method, act, ({ expMonth, expYear }, id) =>
      post(`/v1/payment_methods/${id}`, { card: { exp_month: expMonth, exp_year: expYear } }),
    ),
    dashboardControl(at(`payment_methods/${ID}/detach`), nothing, act, (_, id) =>
      post(`/v1/payment_methods/${id}/detach`),
    ),
    dashboardControl(at(`subscriptions/${ID}/cancel`), cancelSubscription, act, ({ atPeriodEnd }, id) =>
      atPeriodEnd === true
        ? post(`/v1/subscriptions/${id}`, { cancel_at_period_end: true })
        : { method: 'DELETE', path: `/v1/subscriptions/${id}` },
    ),
    dashboardControl(at(`subscriptions/${ID}/pause`), nothing, act, (_, id) =>
      post(`/v1/subscriptions/${id}`, { pause_collection: { behavior: 'void' } }),
    ),
    dashboardControl(at(`subscriptions/${ID}/resume`), nothing, act, (_, id) => resumption(account, id)),
  ];
}

/** Goes on with charging, or with a subscription that was to end with its period. */
function resumption(account: Account, id: string): DashboardRequest {
  const subscription = account.store.get('subscription', id);
  const path = `/v1/subscriptions/${id}`;
  if (subscription?.status === 'paused') return { method: 'POST', path: `${path}/resume`, body: {} };
  const ends = subscription?.cancel_at_period_end === true;
  return { method: 'POST', path, body: ends ? { cancel_at_period_end: false } : { pause_collection: '' } };
}

function perform(account: Account, { body = {}, method: verb, path }: DashboardRequest): object {
  const found = findRoute(verb, path);
  if (found === undefined) throw new ControlError(`there is nothing at ${path}`, 404);
  const call = {
    ...NO_REQUEST,
    account,
    method: verb,
    path,
    form: parseForm(formOf(body)),
    publishable: false,
  };
  return performed(
    account.store,
    () => found.route.run(call, found.id),
    (error) => (error instanceof ApiError ? error : undefined),
  );
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
