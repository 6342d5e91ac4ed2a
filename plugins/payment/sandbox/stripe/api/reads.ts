import type Stripe from 'stripe';
import { createMethod, resolveMethod } from '../methods/methods.ts';
import { findMagic } from '../methods/magic.ts';
import type { Call } from './call.ts';
import { ApiError, noSuch } from './errors.ts';
import type { Page } from './lists.ts';
import { listParams, page } from './lists.ts';
import { mergeMetadata, metadata } from './metadata.ts';
import { object, oneOf, readParams, required, text, texts } from './params.ts';

const onlyExpand = { expand: texts };

/** `GET /v1/payment_intents`. */
export function listIntents(call: Call): Page<Stripe.PaymentIntent> {
  const query = readParams(listParams, call.form);
  const all = call.world.store.all('intent').map(({ value }) => value);
  return page(all, query, call.path);
}

/** `GET /v1/charges/{id}`. */
export function retrieveCharge(call: Call, id: string): Stripe.Charge {
  readParams(onlyExpand, call.form);
  const charge = call.world.store.get('charge', id);
  if (!charge) throw noSuch('charge', id, 'id');
  return charge;
}

/** `GET /v1/charges`, of all intents or of one. */
export function listCharges(call: Call): Page<Stripe.Charge> {
  const query = readParams({ ...listParams, payment_intent: text }, call.form);
  const { payment_intent: intent } = query;
  const all = call.world.store.all('charge').map(({ value }) => value);
  const fitting = all.filter((charge) => intent === undefined || charge.payment_intent === intent);
  return page(fitting, query, call.path);
}

/** `GET /v1/payment_methods/{id}`. */
export function retrieveMethod(call: Call, id: string): Stripe.PaymentMethod {
  readParams(onlyExpand, call.form);
  return resolveMethod(call.world, id, 404).object;
}

const rawCard = () => {
  throw new ApiError(402, {
    type: 'invalid_request_error',
    message:
      'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens ' +
      'that map to the test card you are using, see https://stripe.com/docs/testing.',
  });
};
const methodParams = {
  card: object({ cvc: rawCard, exp_month: rawCard, exp_year: rawCard, number: rawCard, token: text }),
  expand: texts,
  metadata,
  type: oneOf('card'),
};

/** `POST /v1/payment_methods`: cards come as tokens only. */
export function createPaymentMethod(call: Call): Stripe.PaymentMethod {
  const params = readParams(methodParams, call.form);
  required(params.type, 'type');
  const token = required(required(params.card, 'card').token, 'card[token]');
  if (!token.startsWith('tok_') || !findMagic(token)) throw noSuch('token', token, 'card[token]', 400);
  return createMethod(call.world, token, mergeMetadata({}, params.metadata)).object;
}

/** `GET /v1/balance`: what has been captured and not refunded, by currency. */
export function retrieveBalance(call: Call): Stripe.Balance {
  readParams(onlyExpand, call.form);
  const sums = new Map<string, number>([['usd', 0]]);
  for (const { value } of call.world.store.all('charge')) {
    sums.set(value.currency, (sums.get(value.currency) ?? 0) + value.amount_captured);
  }
  for (const { value } of call.world.store.all('refund')) {
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
