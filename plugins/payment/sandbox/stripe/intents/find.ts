import type Stripe from 'stripe';
import { sameSecret } from '../../shared/api/secrets.ts';
import { ApiError, invalid, missing } from '../api/errors.ts';
import type { Call } from '../api/route.ts';
import { stored } from '../api/stored.ts';

/** The intent; a caller with the publishable key must show its client secret. */
export function findIntent(call: Call, id: string, clientSecret?: string): Stripe.PaymentIntent {
  if (call.publishable && clientSecret === undefined) throw missing('client_secret');
  const intent = stored(call.account, 'intent', id, { what: 'payment_intent', param: 'intent' });
  if (clientSecret !== undefined && !sameSecret(clientSecret, intent.client_secret ?? '')) {
    throw invalid(
      'The client_secret provided does not match the client_secret associated with the PaymentIntent.',
      'client_secret',
      'payment_intent_invalid_parameter',
    );
  }
  return intent;
}

const PUBLIC_MEMBERS = [
  'id', 'object', 'allowed_payment_method_types', 'amount', 'amount_details', 'automatic_payment_methods',
  'canceled_at', 'cancellation_reason', 'capture_method', 'client_secret', 'confirmation_method', 'created',
  'currency', 'description', 'last_payment_error', 'livemode', 'next_action', 'payment_method',
  'payment_method_types', 'processing', 'receipt_email', 'setup_future_usage', 'shipping', 'source', 'status',
] as const; // prettier-ignore

/** What a front end may see of an intent. */
function publicView(intent: Stripe.PaymentIntent): Stripe.PaymentIntent {
  return Object.fromEntries(PUBLIC_MEMBERS.map((member) => [member, intent[member]])) as never;
}

type IntentRun = (call: Call, id: string) => Stripe.PaymentIntent;

/** Cuts the intents of answers and refusals down to what a front end may see, when it is one that asks. */
export function forFrontEnds(run: IntentRun): IntentRun {
  return (call, id) => {
    if (!call.publishable) return run(call, id);
    try {
      return publicView(run(call, id));
    } catch (error) {
      if (!(error instanceof ApiError) || !error.body.payment_intent) throw error;
      const { payment_intent: intent, ...rest } = error.body;
      throw new ApiError(error.status, { ...rest, payment_intent: publicView(intent) }, error.executed);
    }
  };
}
