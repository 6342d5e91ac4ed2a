import { cutText } from '#runtime/contract/text.ts';
import {
  CheckoutPaymentIntent,
  type OrderRequest,
  PaypalExperienceUserAction,
} from '@paypal/paypal-server-sdk';
import { markedId } from '../marked-id.ts';
import type { CreateRequest } from '../provider.ts';
import { moneyOf } from './amounts.ts';

const DESCRIPTION_MAX = 127;

/** The order of a payment: `custom_id` names the payment, and PayPal captures an `invoice_id` only once. */
export function toOrderRequest(request: CreateRequest): OrderRequest {
  const { paymentId, deployment, returnUrl, description } = request;
  const automatic = request.captureMethod === 'automatic';
  return {
    intent: automatic ? CheckoutPaymentIntent.Capture : CheckoutPaymentIntent.Authorize,
    purchaseUnits: [
      {
        customId: markedId(paymentId, deployment),
        invoiceId: paymentId,
        amount: moneyOf(request.amountMinor, request.currency),
        ...(description !== undefined && { description: cutText(description, DESCRIPTION_MAX) }),
      },
    ],
    ...(returnUrl !== undefined && {
      paymentSource: {
        paypal: {
          experienceContext: {
            returnUrl,
            cancelUrl: returnUrl,
            userAction: automatic ? PaypalExperienceUserAction.PayNow : PaypalExperienceUserAction.Continue,
          },
        },
      },
    }),
  };
}
