import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, request } from '#testing/client.ts';
import type { TestPlatform } from '#testing/index.ts';
import { jsonOf, type RawRequest, type Send } from '../../support/raw-http.ts';
import type { PathValues } from './operations.ts';

/** One object of each kind that belongs to a tenant. */
export interface TenantObjects {
  readonly payment: string;
  readonly customer: string;
  readonly paymentMethod: string;
  readonly subscription: string;
  /** The provider's plan of the subscription, which every tenant may use. */
  readonly plan: string;
  /** The ids for a path with `{id}`; none for what belongs to no tenant. @throws Error for an unknown kind of object */
  valuesFor(path: string): PathValues;
}

type Headers = NonNullable<RawRequest['headers']>;

/** Makes a paid payment, and a customer with a saved card and a subscription. @param headers with the tenant's token */
export async function createObjects(
  platform: TestPlatform,
  send: Send,
  headers: Headers,
): Promise<TenantObjects> {
  const post = async (path: string, body: unknown): Promise<Json> => {
    const answer = await send({ method: 'POST', path, headers, body: JSON.stringify(body) });
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    return jsonOf(answer);
  };
  const plan = await planOf(platform);
  const { id: customer } = await post('/customers', { email: 'ada@shop.example' });
  const card = { paymentMethodId: 'pm_card_visa', default: true };
  const { id: paymentMethod } = await post(`/customers/${customer}/payment-methods`, card);
  const charge = { amount: 100, currency: 'usd', paymentMethodId: 'pm_card_visa', confirm: true };
  const { id: payment } = await post('/payments', charge);
  const { id: subscription } = await post('/subscriptions', { customerId: customer, planId: plan });
  const ids: Readonly<Record<string, PathValues>> = {
    payments: { id: payment },
    customers: { id: customer, paymentMethodId: paymentMethod },
    subscriptions: { id: subscription },
  };
  return {
    payment,
    customer,
    paymentMethod,
    subscription,
    plan,
    valuesFor(path) {
      if (!path.includes('{id}')) return {};
      const [, kind = ''] = path.split('/');
      const values = ids[kind];
      if (values === undefined) throw new Error(`a test of ${path} needs an object of a tenant`);
      return values;
    },
  };
}

/** A plan at Stripe, as its merchant makes one. */
async function planOf(platform: TestPlatform): Promise<string> {
  const [secretKey = ''] =
    /sk_test_\w+/.exec(readFileSync(join(platform.stateDir, 'sandboxes.json'), 'utf8')) ?? [];
  const stripe = async (path: string, form: Record<string, string>): Promise<Json> => {
    const answer = await request(platform.sandbox('stripe'), 'POST', path, {
      raw: new URLSearchParams(form).toString(),
      headers: {
        authorization: `Bearer ${secretKey}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    if (answer.status !== 200) throw new Error(`POST ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { id: product } = await stripe('/v1/products', { name: 'Tea' });
  const month = { 'recurring[interval]': 'month', unit_amount: '1500', currency: 'usd' };
  return (await stripe('/v1/prices', { product, ...month })).id;
}
