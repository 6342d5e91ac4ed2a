import type { FormValue } from '../api/form.ts';
import { listParams } from '../api/lists.ts';
import { metadata } from '../api/metadata.ts';
import { clearableText, flag, integer, listOf, object, oneOf, text, texts } from '../api/params.ts';

const common = {
  cancel_at_period_end: flag,
  default_payment_method: text,
  description: clearableText,
  expand: texts,
  metadata,
  off_session: flag,
  payment_settings: object({ save_default_payment_method: oneOf('off', 'on_subscription') }),
};

/** Parameters of `POST /v1/subscriptions`. */
export const createParams = {
  ...common,
  collection_method: oneOf('charge_automatically'),
  customer: text,
  items: listOf(object({ metadata, price: text, quantity: integer })),
  payment_behavior: oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete'),
};

const cancellationDetails = object({
  comment: clearableText,
  feedback: oneOf(
    'customer_service',
    'low_quality',
    'missing_features',
    'other',
    'switched_service',
    'too_complex',
    'too_expensive',
    'unused',
  ),
});

const pause = object({ behavior: oneOf('keep_as_draft', 'void') });

/** Parameters of `POST /v1/subscriptions/{id}`. */
export const updateParams = {
  ...common,
  cancel_at: (value: FormValue, param: string) => (value === '' ? null : integer(value, param)),
  cancellation_details: cancellationDetails,
  items: listOf(object({ id: text, price: text, quantity: integer })),
  pause_collection: (value: FormValue, param: string) => (value === '' ? null : pause(value, param)),
  proration_behavior: oneOf('none'),
};

/** Parameters of `DELETE /v1/subscriptions/{id}`; there are no prorations to bill. */
export const cancelParams = {
  cancellation_details: cancellationDetails,
  expand: texts,
  invoice_now: flag,
  prorate: flag,
};

/** Parameters of `GET /v1/subscriptions`. */
export const listSubscriptionParams = {
  ...listParams,
  customer: text,
  price: text,
  status: oneOf(
    'active',
    'all',
    'canceled',
    'ended',
    'incomplete',
    'incomplete_expired',
    'past_due',
    'paused',
    'trialing',
    'unpaid',
  ),
};
