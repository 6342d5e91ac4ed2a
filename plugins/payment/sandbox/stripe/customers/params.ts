import { metadata } from '../api/metadata.ts';
import { clearableText, object, text, texts } from '../api/params.ts';

/** Parameters of `POST /v1/customers/{id}`. */
export const updateParams = {
  address: object({
    city: clearableText,
    country: clearableText,
    line1: clearableText,
    line2: clearableText,
    postal_code: clearableText,
    state: clearableText,
  }),
  description: clearableText,
  email: clearableText,
  expand: texts,
  invoice_settings: object({ default_payment_method: clearableText }),
  metadata,
  name: clearableText,
  phone: clearableText,
};

/** Parameters of `POST /v1/customers`. */
export const createParams = { ...updateParams, payment_method: text };
