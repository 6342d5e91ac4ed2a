import { ApiError } from '../api/errors.ts';
import { metadata } from '../api/metadata.ts';
import { clearableText, integer, object, oneOf, text, texts } from '../api/params.ts';

const rawCard = () => {
  throw new ApiError(402, {
    type: 'invalid_request_error',
    message:
      'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens ' +
      'that map to the test card you are using, see https://stripe.com/docs/testing.',
  });
};

const billingDetails = object({ email: clearableText, name: clearableText, phone: clearableText });

/** Parameters of `POST /v1/payment_methods`. */
export const createParams = {
  billing_details: billingDetails,
  card: object({ cvc: rawCard, exp_month: rawCard, exp_year: rawCard, number: rawCard, token: text }),
  expand: texts,
  metadata,
  type: oneOf('card'),
};

/** Parameters of `POST /v1/payment_methods/{id}`. */
export const updateParams = {
  billing_details: billingDetails,
  card: object({ exp_month: integer, exp_year: integer }),
  expand: texts,
  metadata,
};
