import type Stripe from 'stripe';
import { ApiError, type ErrorBody } from '../api/errors.ts';

/** The 402 of a charge that was refused, or that the payer has to approve. */
export function cardRefusal(intent: Stripe.PaymentIntent, executed: boolean): ApiError {
  if (intent.status !== 'requires_action') {
    return new ApiError(402, intent.last_payment_error as unknown as ErrorBody, executed);
  }
  return new ApiError(
    402,
    {
      type: 'card_error',
      code: 'invoice_payment_intent_requires_action',
      message:
        'This payment requires additional user action before it can be completed successfully. Payment can be ' +
        'completed using the PaymentIntent associated with the invoice.',
    },
    executed,
  );
}
