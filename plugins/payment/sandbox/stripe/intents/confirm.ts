import type Stripe from 'stripe';
import { ApiError, invalid, unexpectedState } from '../api/errors.ts';
import { readParams } from '../api/params.ts';
import type { Call } from '../api/route.ts';
import { checkOwner } from '../customers/find.ts';
import { checkUnspent } from '../methods/attach.ts';
import { AUTHENTICATION_REQUIRED } from '../methods/magic.ts';
import { idOf, magicOf, resolveMethod } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';
import { findIntent } from './find.ts';
import { cardOptions, confirmParams } from './params.ts';
import { attemptCharge, declineCharge, requireAction } from './transitions.ts';

const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** What a confirmation brings along. */
interface Confirmation {
  readonly method?: MethodRecord | undefined;
  readonly off_session?: boolean | undefined;
  readonly return_url?: string | undefined;
}

/** `POST /v1/payment_intents/{id}/confirm`. */
export function confirmById(call: Call, id: string): Stripe.PaymentIntent {
  const params = readParams(confirmParams, call.form);
  const found = findIntent(call, 'intent', id, params.client_secret);
  const options = cardOptions(found.payment_method_options, params.payment_method_options?.card);
  const usage = params.setup_future_usage ?? found.setup_future_usage;
  const intent = { ...found, payment_method_options: options, setup_future_usage: usage };
  if (!CONFIRMABLE.includes(intent.status)) {
    throw unexpectedState(
      `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent ` +
        `with one of the following statuses may be confirmed: ${CONFIRMABLE.join(', ')}.`,
      intent,
    );
  }
  const methodId = params.payment_method ?? idOf(intent.payment_method);
  const method = methodId === '' ? undefined : resolveMethod(call.account, methodId);
  const confirmation = { ...params, method };
  checkConfirmation(intent, confirmation);
  return confirmIntent(call, intent, confirmation);
}

/** Refuses a confirmation that cannot be tried: no method, a method of another type, nowhere to return to. */
export function checkConfirmation(intent: Stripe.PaymentIntent, { method, return_url }: Confirmation): void {
  if (!method) {
    throw unexpectedState(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
        'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a ' +
        'payment method.',
      intent,
    );
  }
  checkOwner(method, idOf(intent.customer) || null);
  checkUnspent(method);
  const { type } = method.object;
  if (!intent.payment_method_types.includes(type)) {
    const message = `The PaymentMethod provided (${type}) is not allowed for this PaymentIntent.`;
    throw invalid(message, 'payment_method', 'payment_intent_incompatible_payment_method');
  }
  if (intent.automatic_payment_methods?.allow_redirects === 'always' && return_url === undefined) {
    throw invalid(
      'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of ' +
        'these payment methods might redirect your customer off of your page, you must provide a `return_url`. ' +
        "If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to " +
        '`true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and ' +
        'Payment Intents.',
      'return_url',
    );
  }
}

/** Runs an attempt that {@link checkConfirmation} allowed; a decline is kept and then thrown as a 402. */
export function confirmIntent(
  call: Call,
  intent: Stripe.PaymentIntent,
  confirmation: Confirmation,
): Stripe.PaymentIntent {
  const { method, off_session: offSession, return_url: returnUrl } = confirmation;
  if (!method) throw new Error('a confirmation without a payment method was not refused');
  const mustAuthenticate = magicOf(method.magic).authenticate;
  if (mustAuthenticate && offSession !== true) return requireAction(call, intent, method, returnUrl);
  const tried = mustAuthenticate
    ? declineCharge(call, intent, method, AUTHENTICATION_REQUIRED)
    : attemptCharge(call, intent, method);
  if (tried.status === 'requires_payment_method') throw declined(tried, method);
  return tried;
}

function declined(intent: Stripe.PaymentIntent, method: MethodRecord): ApiError {
  const error = intent.last_payment_error as unknown as ApiError['body'];
  return new ApiError(402, { ...error, payment_intent: intent, payment_method: method.object }, true);
}
