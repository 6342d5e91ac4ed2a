import type Stripe from 'stripe';
import type { Cause } from '../account.ts';
import { invalid, unexpectedState } from '../api/errors.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { readParams } from '../api/params.ts';
import type { Call } from '../api/route.ts';
import { save } from '../events.ts';
import { checkMultiple } from './currencies.ts';
import { findIntent } from './find.ts';
import { captureParams } from './params.ts';
import { latestCharge, markSucceeded } from './transitions.ts';

/** `POST /v1/payment_intents/{id}/capture`: all or a part; the rest is released unless more captures may follow. */
export function captureIntent(call: Call, id: string): Stripe.PaymentIntent {
  const { account } = call;
  const params = readParams(captureParams, call.form);
  const intent = findIntent(call, 'intent', id);
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a ` +
        'PaymentIntent with one of the following statuses may be captured: requires_capture.',
      intent,
    );
  }
  const final = params.final_capture ?? true;
  const { card } = latestCharge(account, intent).payment_method_details ?? {};
  if (!final && card?.multicapture?.status !== 'available') {
    throw invalid(
      'This PaymentIntent does not support multicapture: final_capture cannot be false.',
      'final_capture',
    );
  }
  const amountMinor = params.amount_to_capture ?? intent.amount_capturable;
  checkCaptureAmount(amountMinor, intent, final && intent.amount_received > 0 ? 0 : 1);
  const metadata = mergeMetadata(intent.metadata, params.metadata);
  return captureAuthorized(call, { ...intent, metadata }, { amountMinor, final });
}

/** Takes a part of the authorisation; the last capture releases what is left of it. */
export function captureAuthorized(
  cause: Cause,
  intent: Stripe.PaymentIntent,
  { amountMinor, final }: { readonly amountMinor: number; readonly final: boolean },
): Stripe.PaymentIntent {
  const { account } = cause;
  const received = intent.amount_received + amountMinor;
  const held = latestCharge(account, intent);
  if (!final && received < intent.amount) {
    const part = { ...held, amount_captured: received };
    save(cause, 'charge.updated', part, { amount_captured: held.amount_captured });
    return save(
      cause,
      'payment_intent.amount_capturable_updated',
      { ...intent, amount_capturable: intent.amount - received, amount_received: received },
      {
        amount_capturable: intent.amount_capturable,
        amount_received: intent.amount_received,
      },
    );
  }
  // What is released was never taken, so that it is no refund either.
  const done = { ...held, captured: true, amount_captured: received };
  save(cause, 'charge.captured', done);
  return markSucceeded(cause, intent, received);
}

function checkCaptureAmount(amountMinor: number, intent: Stripe.PaymentIntent, minimum: 0 | 1): void {
  const param = 'amount_to_capture';
  if (amountMinor < minimum) {
    const message = `This value must be greater than or equal to ${minimum}.`;
    throw invalid(message, param, 'parameter_invalid_integer');
  }
  if (amountMinor > intent.amount_capturable) {
    const message =
      `The provided amount_to_capture (${amountMinor}) is greater than the PaymentIntent's ` +
      `amount_capturable (${intent.amount_capturable}).`;
    throw invalid(message, param, 'amount_too_large');
  }
  checkMultiple(amountMinor, intent.currency, param);
}
