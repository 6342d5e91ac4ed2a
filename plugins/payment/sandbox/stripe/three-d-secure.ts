import type Stripe from 'stripe';
import { ApiError } from './api/errors.ts';
import { charge, fail } from './intents/transitions.ts';
import { methodOf } from './methods/methods.ts';
import type { World } from './world.ts';
import { NO_REQUEST } from './world.ts';

export type ThreeDSecureResult = 'succeeded' | 'failed';

/** The payer's answer to 3-D Secure; undefined when the intent does not wait for one. */
export function finishThreeDSecure(
  world: World,
  intentId: string,
  result: ThreeDSecureResult,
): Stripe.PaymentIntent | undefined {
  return world.store.transaction(() => {
    const intent = world.store.get('intent', intentId);
    const method = intent && methodOf(world, intent);
    if (intent?.status !== 'requires_action' || !method) return undefined;
    if (result === 'succeeded') return charge(world, NO_REQUEST, intent, method);
    const { body } = new ApiError(400, {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      message:
        'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
        'PaymentMethod to attempt to fulfill this PaymentIntent again.',
      payment_method: method.object,
    });
    return fail(world, NO_REQUEST, intent, body);
  });
}

/** Where the payer's browser goes afterwards, as Stripe would send it; undefined without a return URL. */
export function returnTarget(before: Stripe.PaymentIntent, result: ThreeDSecureResult): string | undefined {
  const returnUrl = before.next_action?.redirect_to_url?.return_url;
  if (!returnUrl) return undefined;
  const target = new URL(returnUrl);
  target.searchParams.set('payment_intent', before.id);
  target.searchParams.set('payment_intent_client_secret', before.client_secret ?? '');
  target.searchParams.set('redirect_status', result);
  return target.href;
}

/** The page of the card's bank: two buttons. */
export function threeDSecurePage(intent: Stripe.PaymentIntent): string {
  const waiting = intent.status === 'requires_action';
  const buttons = `<form method="post">
      <button name="result" value="succeeded">Approve</button>
      <button name="result" value="failed">Fail</button>
    </form>`;
  return `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>3-D Secure test page</title></head>
  <body>
    <h1>3-D Secure test page</h1>
    <p>${intent.amount} ${intent.currency} (minor units), ${intent.id}</p>
    ${waiting ? buttons : `<p>Nothing to approve: the payment is ${intent.status}.</p>`}
  </body>
</html>
`;
}
