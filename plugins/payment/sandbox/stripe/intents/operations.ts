import type Stripe from 'stripe';
import type { Call } from '../api/call.ts';
import { invalid, unexpectedState } from '../api/errors.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { readParams } from '../api/params.ts';
import { emit } from '../events.ts';
import { checkMultiple } from './currencies.ts';
import { findIntent } from './find.ts';
import { cancelParams, captureParams, retrieveParams, updateParams } from './params.ts';
import { cancel, latestCharge, save, succeed } from './transitions.ts';

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
  return save(call.world, intent, {
    description: params.description === undefined ? intent.description : params.description,
    metadata: mergeMetadata(intent.metadata, params.metadata),
  });
}

/** `POST /v1/payment_intents/{id}/capture`: once, all or a part; the rest is released. */
export function captureIntent(call: Call, id: string): Stripe.PaymentIntent {
  const params = readParams(captureParams, call.form);
  const intent = findIntent(call, id);
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a ` +
        'PaymentIntent with one of the following statuses may be captured: requires_capture.',
      intent,
    );
  }
  if (params.final_capture === false) {
    throw invalid(
      'This PaymentIntent does not support multicapture: final_capture cannot be false.',
      'final_capture',
    );
  }
  const amount = params.amount_to_capture ?? intent.amount_capturable;
  checkCaptureAmount(amount, intent);
  const metadata = mergeMetadata(intent.metadata, params.metadata);
  const held = latestCharge(call.world, intent);
  const captured = {
    ...held,
    captured: true,
    amount_captured: amount,
    amount_refunded: held.amount - amount,
  };
  call.world.store.put('charge', captured.id, captured);
  emit(call.world, call, 'charge.captured', captured);
  return succeed(call.world, call, { ...intent, metadata }, amount);
}

function checkCaptureAmount(amountMinor: number, intent: Stripe.PaymentIntent): void {
  const param = 'amount_to_capture';
  if (amountMinor < 1) {
    throw invalid('This value must be greater than or equal to 1.', param, 'parameter_invalid_integer');
  }
  if (amountMinor > intent.amount_capturable) {
    const message =
      `The provided amount_to_capture (${amountMinor}) is greater than the PaymentIntent's ` +
      `amount_capturable (${intent.amount_capturable}).`;
    throw invalid(message, param, 'amount_too_large');
  }
  checkMultiple(amountMinor, intent.currency, param);
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
  return cancel(call.world, call, intent, reason ?? null);
}
