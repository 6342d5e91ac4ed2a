import type Stripe from 'stripe';
import { sameSecret } from '../../shared/api/secrets.ts';
import type { Cause } from '../account.ts';
import { ApiError, invalid, missing } from '../api/errors.ts';
import type { Call } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import type { Records } from '../store/records.ts';

/** Kinds of intent, with their names in errors. */
const NAMES = {
  intent: { what: 'payment_intent', param: 'intent', name: 'PaymentIntent', code: 'payment_intent' },
  setupIntent: { what: 'setupintent', param: 'intent', name: 'SetupIntent', code: 'setup_intent' },
} as const;

/** The intent; a caller with the publishable key must show its client secret. */
export function findIntent<K extends keyof typeof NAMES>(
  call: Call,
  kind: K,
  id: string,
  clientSecret?: string,
): Records[K] {
  if (call.publishable && clientSecret === undefined) throw missing('client_secret');
  const { code, name, ...naming } = NAMES[kind];
  const intent = stored(call.account, kind, id, naming);
  if (clientSecret === undefined || sameSecret(clientSecret, intent.client_secret ?? '')) return intent;
  throw invalid(
    `The client_secret provided does not match the client_secret associated with the ${name}.`,
    'client_secret',
    `${code}_invalid_parameter`,
  );
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

/** What the payer does to authenticate: a page of the sandbox when there is a URL to return to. */
export function authenticationAction(
  { account }: Cause,
  { id, object }: Pick<Stripe.PaymentIntent | Stripe.SetupIntent, 'id' | 'object'>,
  returnUrl: string | undefined,
): Stripe.PaymentIntent.NextAction & Stripe.SetupIntent.NextAction {
  const url = `${account.origin()}/__sandbox/${object}s/${id}/3ds`;
  return returnUrl === undefined
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
    : { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
}
