import type Stripe from 'stripe';
import type { Call } from './call.ts';
import { noSuch } from './errors.ts';
import type { Page } from './lists.ts';
import { listParams, page } from './lists.ts';
import { readParams, text, texts } from './params.ts';

const onlyExpand = { expand: texts };

/** `GET /v1/payment_intents`, of all customers or of one. */
export function listIntents(call: Call): Page<Stripe.PaymentIntent> {
  const query = readParams({ ...listParams, customer: text }, call.form);
  const { customer } = query;
  const all = call.account.store.all('intent').map(({ value }) => value);
  const fitting = all.filter((intent) => customer === undefined || intent.customer === customer);
  return page(fitting, query, call.path);
}

/** `GET /v1/charges/{id}`. */
export function retrieveCharge(call: Call, id: string): Stripe.Charge {
  readParams(onlyExpand, call.form);
  const charge = call.account.store.get('charge', id);
  if (!charge) throw noSuch('charge', id, 'id');
  return charge;
}

/** `GET /v1/charges`, of all, of an intent, or of a customer. */
export function listCharges(call: Call): Page<Stripe.Charge> {
  const query = readParams({ ...listParams, customer: text, payment_intent: text }, call.form);
  const { customer, payment_intent: intent } = query;
  const all = call.account.store.all('charge').map(({ value }) => value);
  const fitting = all
    .filter((charge) => intent === undefined || charge.payment_intent === intent)
    .filter((charge) => customer === undefined || charge.customer === customer);
  return page(fitting, query, call.path);
}

/** `GET /v1/balance`: what has been captured and not refunded, by currency. */
export function retrieveBalance(call: Call): Stripe.Balance {
  readParams(onlyExpand, call.form);
  const sums = new Map<string, number>([['usd', 0]]);
  for (const { value } of call.account.store.all('charge')) {
    sums.set(value.currency, (sums.get(value.currency) ?? 0) + value.amount_captured);
  }
  for (const { value } of call.account.store.all('refund')) {
    if (value.status === 'failed' || value.status === 'canceled') continue;
    sums.set(value.currency, (sums.get(value.currency) ?? 0) - value.amount);
  }
  const pending = [...sums].map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  }));
  const available = pending.map(({ currency }) => ({ amount: 0, currency, source_types: { card: 0 } }));
  return { object: 'balance', available, livemode: false, pending };
}
