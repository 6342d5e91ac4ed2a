import type Stripe from 'stripe';
import type { NextAction, Snapshot } from '../../domain/snapshot.ts';
import type { PaymentStatus } from '../../domain/state.ts';
import { type CreateRequest, ORDER_REFERENCE_KEY, PAYMENT_ID_KEY, ProviderError } from '../provider.ts';
import { fromStripeUnit, toStripeUnit } from './currencies.ts';

const statuses: Readonly<Record<string, PaymentStatus>> = {
  requires_payment_method: 'requires_action',
  requires_confirmation: 'requires_action',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorized',
  succeeded: 'succeeded',
  canceled: 'canceled',
};

/**
 * A PaymentIntent as a snapshot. The SDK takes any JSON for an answer, so what is not a whole PaymentIntent is
 * refused here: a missing amount must never pass for zero.
 */
export function toSnapshot(intent: Stripe.PaymentIntent): Snapshot {
  if (!isWhole(intent)) throw new ProviderError({ class: 'unknown', code: 'unexpected_answer' });
  const minor = (amount: number): number => fromStripeUnit(amount, intent.currency);
  const capturedMinor = minor(intent.amount_received);
  const capturableMinor = minor(intent.amount_capturable);
  return {
    ref: intent.id,
    status: statusOf(intent),
    providerStatus: intent.status,
    reason: intent.cancellation_reason ?? undefined,
    amountMinor: minor(intent.amount),
    currency: intent.currency,
    livemode: intent.livemode,
    paymentId: intent.metadata?.[PAYMENT_ID_KEY],
    authorizedMinor: authorizedOf(intent, minor, capturableMinor + capturedMinor),
    capturableMinor,
    capturedMinor,
    failure: failureOf(intent),
    nextAction: nextActionOf(intent),
    clientSecret: intent.client_secret ?? undefined,
  };
}

function isWhole(intent: Partial<Stripe.PaymentIntent> | null | undefined): boolean {
  if (intent?.object !== 'payment_intent' || typeof intent.id !== 'string' || intent.id === '') return false;
  const { amount, amount_received: received, amount_capturable: capturable } = intent;
  return [amount, received, capturable].every((n = -1) => Number.isSafeInteger(n) && n >= 0);
}

function statusOf(intent: Stripe.PaymentIntent): PaymentStatus | undefined {
  const received = intent.amount_received > 0;
  if (intent.status === 'requires_capture' && received) return 'partially_captured';
  if (intent.status === 'canceled' && received) return 'succeeded';
  return statuses[intent.status];
}

/** Once captured, Stripe no longer says how much was held: it was the whole amount. */
function authorizedOf(intent: Stripe.PaymentIntent, minor: (amount: number) => number, held: number): number {
  return intent.status === 'succeeded' && intent.capture_method === 'manual' ? minor(intent.amount) : held;
}

function failureOf(intent: Stripe.PaymentIntent): Snapshot['failure'] {
  const error = intent.last_payment_error;
  if (error === null || error === undefined) return undefined;
  const charge = typeof error.charge === 'string' ? error.charge : undefined;
  return {
    code: error.code ?? error.type,
    declineCode: error.decline_code ?? undefined,
    ref: charge ?? error.payment_method?.id,
  };
}

function nextActionOf(intent: Stripe.PaymentIntent): NextAction | undefined {
  const action = intent.next_action;
  if (action === null || action === undefined) return undefined;
  return { type: action.type, url: action.redirect_to_url?.url ?? undefined };
}

/**
 * The parameters of a PaymentIntent; the same request gives the same parameters, as Stripe's idempotency
 * demands.
 */
export function toCreateParams(request: CreateRequest): Stripe.PaymentIntentCreateParams {
  const { returnUrl, confirm = false } = request;
  const orderReference = request.orderReference;
  return {
    amount: toStripeUnit(request.amountMinor, request.currency),
    currency: request.currency,
    capture_method: request.captureMethod,
    automatic_payment_methods: {
      enabled: true,
      // A confirmation on the server without a place to return to cannot use methods that redirect.
      ...(confirm && returnUrl === undefined && { allow_redirects: 'never' as const }),
    },
    ...(request.paymentMethodId !== undefined && { payment_method: request.paymentMethodId }),
    ...(confirm && { confirm: true, ...(returnUrl !== undefined && { return_url: returnUrl }) }),
    ...(request.description !== undefined && { description: request.description }),
    metadata: {
      ...request.metadata,
      [PAYMENT_ID_KEY]: request.paymentId,
      ...(orderReference !== undefined && { [ORDER_REFERENCE_KEY]: orderReference }),
    },
  };
}
