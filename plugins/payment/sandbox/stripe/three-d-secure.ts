import type Stripe from 'stripe';
import * as z from 'zod/mini';
import type { Control } from '../shared/controls/control.ts';
import { ControlError, parseControl } from '../shared/controls/control.ts';
import type { PageAnswer, Pages } from '../shared/http/page.ts';
import { htmlPage, redirect, refusal } from '../shared/http/page.ts';
import { ApiError } from './api/errors.ts';
import { charge, fail } from './intents/transitions.ts';
import { methodOf } from './methods/methods.ts';
import type { World } from './world.ts';
import { NO_REQUEST } from './world.ts';

const PATH = /^\/__sandbox\/payment_intents\/(\w+)\/3ds$/;
const resultSchema = z.strictObject({ result: z.enum(['succeeded', 'failed']) });

type ThreeDSecureResult = 'succeeded' | 'failed';

/** `POST /__sandbox/payment_intents/{id}/3ds`. */
export function threeDSecureControl(world: World): Control {
  return {
    method: 'POST',
    path: PATH,
    run: ({ body, id }) => {
      const { result } = parseControl(resultSchema, body);
      const intent = world.store.get('intent', id);
      if (!intent) throw new ControlError(`there is no payment intent ${id}`, 404);
      const done = finishThreeDSecure(world, id, result);
      if (done) return done;
      throw new ControlError(`${id} is ${intent.status}; only an intent in requires_action can be answered`);
    },
  };
}

/** The page of the card's bank, at the address of the control. */
export function threeDSecurePages(world: World): Pages {
  return ({ body, method, url }) => {
    const id = PATH.exec(url.pathname)?.[1];
    if (id === undefined) return undefined;
    const intent = world.store.get('intent', id);
    if (!intent) return refusal(404, 'There is no such payment intent.');
    if (method !== 'POST') return page(intent);
    const result = new URLSearchParams(body).get('result');
    if (result !== 'succeeded' && result !== 'failed') {
      return refusal(400, 'result must be succeeded or failed');
    }
    const done = finishThreeDSecure(world, id, result);
    const target = done && returnTarget(intent, result);
    return target === undefined ? page(done ?? intent) : redirect(target);
  };
}

/** The payer's answer to 3-D Secure; undefined when the intent does not wait for one. */
function finishThreeDSecure(
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
function returnTarget(before: Stripe.PaymentIntent, result: ThreeDSecureResult): string | undefined {
  const returnUrl = before.next_action?.redirect_to_url?.return_url;
  if (!returnUrl) return undefined;
  const target = new URL(returnUrl);
  target.searchParams.set('payment_intent', before.id);
  target.searchParams.set('payment_intent_client_secret', before.client_secret ?? '');
  target.searchParams.set('redirect_status', result);
  return target.href;
}

function page(intent: Stripe.PaymentIntent): PageAnswer {
  const buttons = `<form method="post">
      <button name="result" value="succeeded">Approve</button>
      <button name="result" value="failed">Fail</button>
    </form>`;
  const done = `<p>Nothing to approve: the payment is ${intent.status}.</p>`;
  const shown = intent.status === 'requires_action' ? buttons : done;
  const paid = `<p>${intent.amount} ${intent.currency} (minor units), ${intent.id}</p>`;
  return htmlPage('3-D Secure test page', `${paid}\n    ${shown}`);
}
