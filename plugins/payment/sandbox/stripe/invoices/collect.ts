import type Stripe from 'stripe';
import type { Cause } from '../account.ts';
import { ApiError, type ErrorBody } from '../api/errors.ts';
import { charge, requireAction } from '../intents/transitions.ts';
import { magicOf } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';
import { addIntent, intentOf } from './issue.ts';
import { settleInvoice } from './settle.ts';

/** Tries to take the money for an open invoice, and settles the invoice by what became of it. */
export function collect(
  cause: Cause,
  invoice: Stripe.Invoice,
  method: MethodRecord,
  nextAttempt?: number | null,
): Stripe.PaymentIntent {
  const { account } = cause;
  const intent = intentOf(account, invoice.id) ?? addIntent(cause, invoice, method);
  const tried = magicOf(method.magic).authenticate
    ? requireAction(cause, intent, method, undefined)
    : charge(cause, intent, method);
  settleInvoice(cause, tried, nextAttempt);
  return tried;
}

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
