import type Stripe from 'stripe';
import * as z from 'zod/mini';
import type { Control } from '../shared/controls/control.ts';
import { ControlError, parseControl } from '../shared/controls/control.ts';
import type { PageAnswer, Pages } from '../shared/http/page.ts';
import { htmlPage, redirect, refusal } from '../shared/http/page.ts';
import type { ErrorBody } from './api/errors.ts';
import { ApiError } from './api/errors.ts';
import { charge, fail } from './intents/transitions.ts';
import { methodOf } from './methods/methods.ts';
import { failSetup, finishSetup } from './setup-intents/transitions.ts';
import type { MethodRecord } from './store/records.ts';
import type { Account } from './account.ts';
import { NO_REQUEST } from './account.ts';

const PATH = /^\/__sandbox\/(?:payment|setup)_intents\/(\w+)\/3ds$/;
const resultSchema = z.strictObject({ result: z.enum(['succeeded', 'failed']) });

type ThreeDSecureResult = 'succeeded' | 'failed';

type Intent = Stripe.PaymentIntent | Stripe.SetupIntent;

/** `POST /__sandbox/payment_intents/{id}/3ds` and `POST /__sandbox/setup_intents/{id}/3ds`. */
export function threeDSecureControls(account: Account): readonly Control[] {
  return ['payment', 'setup'].map((kind) => ({
    method: 'POST',
    path: new RegExp(`^/__sandbox/${kind}_intents/(\\w+)/3ds$`),
    run: ({ body, id }) => {
      const { result } = parseControl(resultSchema, body);
      const intent = find(account, id);
      if (!intent) throw new ControlError(`there is no ${kind} intent ${id}`, 404);
      const done = finishThreeDSecure(account, id, result);
      if (done) return done;
      throw new ControlError(`${id} is ${intent.status}; only an intent in requires_action can be answered`);
    },
  }));
}

function find(account: Account, id: string): Intent | undefined {
  return account.store.get('intent', id) ?? account.store.get('setupIntent', id);
}

/** The page of the card's bank, at the address of the control. */
export function threeDSecurePages(account: Account): Pages {
  return ({ body, method, url }) => {
    const id = PATH.exec(url.pathname)?.[1];
    if (id === undefined) return undefined;
    const intent = find(account, id);
    if (!intent) return refusal(404, 'There is no such intent.');
    if (method !== 'POST') return page(intent);
    const result = new URLSearchParams(body).get('result');
    if (result !== 'succeeded' && result !== 'failed') {
      return refusal(400, 'result must be succeeded or failed');
    }
    const done = finishThreeDSecure(account, id, result);
    const target = done && returnTarget(intent, result);
    return target === undefined ? page(done ?? intent) : redirect(target);
  };
}

/** The payer's answer to 3-D Secure; undefined when the intent does not wait for one. */
function finishThreeDSecure(
  account: Account,
  intentId: string,
  result: ThreeDSecureResult,
): Intent | undefined {
  return account.store.transaction(() => {
    const intent = find(account, intentId);
    const method = intent && methodOf(account, intent);
    if (intent?.status !== 'requires_action' || !method) return undefined;
    if (intent.object === 'setup_intent') {
      if (result === 'succeeded') return finishSetup(account, NO_REQUEST, intent, method);
      return failSetup(account, NO_REQUEST, intent, unauthenticated('SetupIntent', method));
    }
    if (result === 'succeeded') return charge(account, NO_REQUEST, intent, method);
    const { body } = new ApiError(400, unauthenticated('PaymentIntent', method));
    return fail(account, NO_REQUEST, intent, body);
  });
}

function unauthenticated(what: 'PaymentIntent' | 'SetupIntent', method: MethodRecord): ErrorBody {
  return {
    type: 'invalid_request_error',
    code:
      what === 'PaymentIntent'
        ? 'payment_intent_authentication_failure'
        : 'setup_intent_authentication_failure',
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
      `PaymentMethod to attempt to fulfill this ${what} again.`,
    payment_method: method.object,
  };
}

/** Where the payer's browser goes afterwards, as Stripe would send it; undefined without a return URL. */
function returnTarget(before: Intent, result: ThreeDSecureResult): string | undefined {
  const returnUrl = before.next_action?.redirect_to_url?.return_url;
  if (!returnUrl) return undefined;
  const target = new URL(returnUrl);
  target.searchParams.set(before.object, before.id);
  target.searchParams.set(`${before.object}_client_secret`, before.client_secret ?? '');
  target.searchParams.set('redirect_status', result);
  return target.href;
}

function page(intent: Intent): PageAnswer {
  const buttons = `<form method="post">
      <button name="result" value="succeeded">Approve</button>
      <button name="result" value="failed">Fail</button>
    </form>`;
  const done = `<p>Nothing to approve: the intent is ${intent.status}.</p>`;
  const shown = intent.status === 'requires_action' ? buttons : done;
  const amount =
    intent.object === 'setup_intent'
      ? 'A card is saved'
      : `${intent.amount} ${intent.currency} (minor units)`;
  const paid = `<p>${amount}, ${intent.id}</p>`;
  return htmlPage('3-D Secure test page', `${paid}\n    ${shown}`);
}
