import type Stripe from 'stripe';
import { readParams, texts } from './api/params.ts';
import { type Call, get } from './api/route.ts';

/** `/v1/balance`. */
export const balanceRoutes = [get('/v1/balance', retrieveBalance)];

/** `GET /v1/balance`: what has been captured and not refunded, by currency. */
function retrieveBalance(call: Call): Stripe.Balance {
  readParams({ expand: texts }, call.form);
  const sums = new Map<string, number>([['usd', 0]]);
  const add = (currency: string, amount: number) => sums.set(currency, (sums.get(currency) ?? 0) + amount);
  for (const charge of call.account.store.all('charge')) {
    add(charge.currency, charge.amount_captured);
  }
  for (const refund of call.account.store.all('refund')) {
    if (refund.status !== 'failed' && refund.status !== 'canceled') add(refund.currency, -refund.amount);
  }
  const pending = [...sums].map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  }));
  const available = pending.map(({ currency }) => ({ amount: 0, currency, source_types: { card: 0 } }));
  return { object: 'balance', available, livemode: false, pending };
}
