import type Stripe from 'stripe';
import { unexpectedState } from '../api/errors.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { readParams, text } from '../api/params.ts';
import { type Call, get, post } from '../api/route.ts';
import { list } from '../api/stored.ts';
import { captureIntent } from './capture.ts';
import { confirmById } from './confirm.ts';
import { createIntent } from './create.ts';
import { findIntent, forFrontEnds } from './find.ts';
import { cancelParams, retrieveParams, updateParams } from './params.ts';
import { cancelAndRelease } from './transitions.ts';

const CANCELABLE = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
];

/** `/v1/payment_intents`. */
export const intentRoutes = [
  post('/v1/payment_intents', createIntent),
  get('/v1/payment_intents', list('intent', { customer: text })),
  get('/v1/payment_intents/{id}', forFrontEnds(retrieveIntent), 'publishable'),
  post('/v1/payment_intents/{id}', updateIntent),
  post('/v1/payment_intents/{id}/confirm', forFrontEnds(confirmById), 'publishable'),
  post('/v1/payment_intents/{id}/capture', captureIntent),
  post('/v1/payment_intents/{id}/cancel', cancelIntent),
];

/** `GET /v1/payment_intents/{id}`. */
function retrieveIntent(call: Call, id: string): Stripe.PaymentIntent {
  const { client_secret: clientSecret } = readParams(retrieveParams, call.form);
  return findIntent(call, 'intent', id, clientSecret);
}

/** `POST /v1/payment_intents/{id}`: description and metadata. */
function updateIntent(call: Call, id: string): Stripe.PaymentIntent {
  const params = readParams(updateParams, call.form);
  const intent = findIntent(call, 'intent', id);
  const updated = {
    ...intent,
    description: params.description === undefined ? intent.description : params.description,
    metadata: mergeMetadata(intent.metadata, params.metadata),
  };
  call.account.store.put('intent', id, updated);
  return updated;
}

/** `POST /v1/payment_intents/{id}/cancel`. */
function cancelIntent(call: Call, id: string): Stripe.PaymentIntent {
  const { cancellation_reason: reason } = readParams(cancelParams, call.form);
  const intent = findIntent(call, 'intent', id);
  if (!CANCELABLE.includes(intent.status)) {
    throw unexpectedState(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent ` +
        `with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
      intent,
    );
  }
  if (intent.amount_received > 0) {
    throw unexpectedState(
      'You cannot cancel this PaymentIntent because it has been partially captured. Capture it with ' +
        '`final_capture` to release the rest.',
      intent,
    );
  }
  return cancelAndRelease(call, intent, reason ?? null);
}
