import type Stripe from 'stripe';
import type { StripeConfig } from '../../config.ts';
import { type CreateRequest } from '../provider.ts';
import { ORDER_REFERENCE_KEY, PAYMENT_ID_KEY } from '../metadata-keys.ts';
import { exactUnit } from './currencies.ts';
import { deploymentMark } from './marks.ts';

/**
 * The parameters of a PaymentIntent. The same request gives the same parameters, which Stripe's idempotency keys
 * require.
 * @throws ProviderError `invalid` when Stripe cannot represent the amount
 */
export function toCreateParams(
  request: CreateRequest,
  { multicapture }: Pick<StripeConfig, 'multicapture'>,
): Stripe.PaymentIntentCreateParams {
  const { orderReference, customerRef, description, paymentMethodId } = request;
  const manual = request.captureMethod === 'manual';
  return {
    amount: exactUnit(request.amountMinor, request.currency),
    currency: request.currency,
    capture_method: request.captureMethod,
    ...(paymentMethodId !== undefined && { payment_method: paymentMethodId }),
    ...confirmation(request),
    ...(customerRef !== undefined && { customer: customerRef }),
    ...(description !== undefined && { description }),
    metadata: {
      ...request.metadata,
      [PAYMENT_ID_KEY]: request.paymentId,
      ...deploymentMark(request),
      ...(orderReference !== undefined && { [ORDER_REFERENCE_KEY]: orderReference }),
    },
    ...(manual && multicapture && SEVERAL_CAPTURES),
    // The charge has the time at which the authorization expires.
    ...(manual && request.confirm && { expand: ['latest_charge'] }),
  };
}

const SEVERAL_CAPTURES = {
  payment_method_options: { card: { request_multicapture: 'if_available' as const } },
};

/** The parameters of a confirmation on the server; without a return URL, methods that redirect are excluded. */
function confirmation({ confirm = false, returnUrl, offSession = false }: CreateRequest) {
  if (!confirm) return { automatic_payment_methods: { enabled: true } };
  const stays = returnUrl === undefined && { allow_redirects: 'never' as const };
  return {
    automatic_payment_methods: { enabled: true, ...stays },
    confirm,
    ...(returnUrl !== undefined && { return_url: returnUrl }),
    ...(offSession && { off_session: true }),
  };
}
