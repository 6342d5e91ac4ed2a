import type Stripe from 'stripe';
import { metadata } from '../api/metadata.ts';
import { clearableText, flag, integer, object, oneOf, text, texts, webUrl } from '../api/params.ts';

const confirmation = {
  expand: texts,
  off_session: flag,
  payment_method: text,
  payment_method_options: object({
    card: object({
      request_multicapture: oneOf('if_available', 'never'),
      request_three_d_secure: oneOf('any', 'automatic', 'challenge'),
    }),
  }),
  return_url: webUrl,
  setup_future_usage: oneOf('off_session', 'on_session'),
  use_stripe_sdk: flag,
};

/** Parameters of `POST /v1/payment_intents`. */
export const createParams = {
  ...confirmation,
  allowed_payment_method_types: texts,
  amount: integer,
  automatic_payment_methods: object({ enabled: flag, allow_redirects: oneOf('always', 'never') }),
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  confirm: flag,
  confirmation_method: oneOf('automatic'),
  currency: text,
  customer: text,
  description: clearableText,
  metadata,
  receipt_email: clearableText,
  statement_descriptor_suffix: clearableText,
};

/** Parameters of `POST /v1/payment_intents/{id}/confirm`; `client_secret` comes from front ends. */
export const confirmParams = { ...confirmation, client_secret: text };

/** Parameters of `POST /v1/payment_intents/{id}`. */
export const updateParams = { description: clearableText, expand: texts, metadata };

/** Parameters of `POST /v1/payment_intents/{id}/capture`. */
export const captureParams = { amount_to_capture: integer, expand: texts, final_capture: flag, metadata };

/** Parameters of `POST /v1/payment_intents/{id}/cancel`. */
export const cancelParams = {
  cancellation_reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'),
  expand: texts,
};

/** Parameters of `GET /v1/payment_intents/{id}`. */
export const retrieveParams = { client_secret: text, expand: texts };

type Options = Stripe.PaymentIntent.PaymentMethodOptions;
type CardOptions = Partial<NonNullable<Options['card']>>;

/** What an intent says about cards when nothing was asked for. */
export const NO_OPTIONS = {
  card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
} as Options;

/** The options with what a request asks for. */
export function cardOptions(current: Options | null, asked: CardOptions | undefined): Options {
  const card = { ...(current ?? NO_OPTIONS).card, ...asked };
  return { ...(current ?? NO_OPTIONS), card } as Options;
}
