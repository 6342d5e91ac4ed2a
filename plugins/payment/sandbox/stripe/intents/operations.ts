import type Stripe from 'stripe';
import type { Call } from '../api/call.ts';
import { unexpectedState } from '../api/errors.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { readParams } from '../api/params.ts';
import { findIntent } from './find.ts';
import { cancelParams, retrieveParams, updateParams } from './params.ts';
import { cancel, save } from './transitions.ts';

const CANCELABLE = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
];

/** `GET /v1/payment_intents/{id}`. */
export function retrieveIntent(call: Call, id: string): Stripe.PaymentIntent {
  const { client_secret: clientSecret } = readParams(retrieveParams, call.form);
  return findIntent(call, id, clientSecret);
}

/** `POST /v1/payment_intents/{id}`: description and metadata. */
export function updateIntent(call: Call, id: string): Stripe.PaymentIntent {
  const params = readParams(updateParams, call.form);
  const intent = findIntent(call, id);
  return save(call.account, intent, {
    description: params.description === undefined ? intent.description : params.description,
    metadata: mergeMetadata(intent.metadata, params.metadata),
  });
}

/** `POST /v1/payment_intents/{id}/cancel`. */
export function cancelIntent(call: Call, id: string): Stripe.PaymentIntent {
  const { cancellation_reason: reason } = readParams(cancelParams, call.form);
  const intent = findIntent(call, id);
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
  return cancel(call.account, call, intent, reason ?? null);
}
