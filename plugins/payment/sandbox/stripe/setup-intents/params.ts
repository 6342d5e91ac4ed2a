import { metadata } from '../api/metadata.ts';
import { clearableText, flag, object, oneOf, text, texts, webUrl } from '../api/params.ts';

const confirmation = { expand: texts, payment_method: text, return_url: webUrl, use_stripe_sdk: flag };

/** Parameters of `POST /v1/setup_intents`. */
export const createParams = {
  ...confirmation,
  allowed_payment_method_types: texts,
  automatic_payment_methods: object({ allow_redirects: oneOf('always', 'never'), enabled: flag }),
  confirm: flag,
  customer: text,
  description: clearableText,
  metadata,
  usage: oneOf('off_session', 'on_session'),
};

/** Parameters of `POST /v1/setup_intents/{id}/confirm`; `client_secret` comes from front ends. */
export const confirmParams = { ...confirmation, client_secret: text };

/** Parameters of `POST /v1/setup_intents/{id}/cancel`. */
export const cancelParams = {
  cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer'),
  expand: texts,
};
