import { timingSafeEqual } from 'node:crypto';
import type Stripe from 'stripe';
import type { Call } from '../api/call.ts';
import { ApiError, invalid, missing, noSuch } from '../api/errors.ts';

/** The intent; a caller with the publishable key must show its client secret. */
export function findIntent(call: Call, id: string, clientSecret?: string): Stripe.PaymentIntent {
  if (call.publishable && clientSecret === undefined) throw missing('client_secret');
  const intent = call.account.store.get('intent', id);
  if (!intent) throw noSuch('payment_intent', id, 'intent');
  if (clientSecret !== undefined && !same(clientSecret, intent.client_secret ?? '')) {
    throw invalid(
      'The client_secret provided does not match the client_secret associated with the PaymentIntent.',
      'client_secret',
      'payment_intent_invalid_parameter',
    );
  }
  return intent;
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const PUBLIC_MEMBERS = [
  'id', 'object', 'allowed_payment_method_types', 'amount', 'amount_details', 'automatic_payment_methods',
  'canceled_at', 'cancellation_reason', 'capture_method', 'client_secret', 'confirmation_method', 'created',
  'currency', 'description', 'last_payment_error', 'livemode', 'next_action', 'payment_method',
  'payment_method_types', 'processing', 'receipt_email', 'setup_future_usage', 'shipping', 'source', 'status',
] as const; // prettier-ignore

/** What a front end may see of an intent. */
export function publicView(intent: Stripe.PaymentIntent): Partial<Stripe.PaymentIntent> {
  return Object.fromEntries(PUBLIC_MEMBERS.map((member) => [member, intent[member]]));
}

/** The error with its intent cut down to what a front end may see. */
export function publicError(error: ApiError): ApiError {
  const { payment_intent: intent, ...rest } = error.body;
  if (!intent) return error;
  const body = { ...rest, payment_intent: publicView(intent) as Stripe.PaymentIntent };
  return new ApiError(error.status, body, error.executed);
}
