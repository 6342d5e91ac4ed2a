import { listParams } from '../api/lists.ts';
import { metadata } from '../api/metadata.ts';
import { integer, oneOf, text, texts } from '../api/params.ts';

/** Parameters of `POST /v1/refunds`. */
export const createParams = {
  amount: integer,
  charge: text,
  expand: texts,
  metadata,
  payment_intent: text,
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
};

/** Parameters of `GET /v1/refunds`. */
export const listRefundParams = { ...listParams, charge: text, payment_intent: text };

/** Parameters of `POST /v1/refunds/{id}`. */
export const updateParams = { expand: texts, metadata };
