import type Stripe from 'stripe';
import * as z from 'zod/mini';
import { actionControl, type Control, ControlError, named } from '../shared/controls/control.ts';
import { approvalPage, type Page, withQuery } from '../shared/http/page.ts';
import { type Account, unasked } from './account.ts';
import { ApiError, type ErrorBody } from './api/errors.ts';
import { attemptCharge, failIntent } from './intents/transitions.ts';
import { methodOf } from './methods/methods.ts';
import { failSetup, finishSetup } from './setup-intents/transitions.ts';
import type { MethodRecord, Records } from './store/records.ts';

const PATH = /^\/__sandbox\/(?:payment|setup)_intents\/(\w+)\/3ds$/;
const resultSchema = z.strictObject({ result: z.enum(['succeeded', 'failed']) });

type Result = z.output<typeof resultSchema>['result'];
type Intent = Stripe.PaymentIntent | Stripe.SetupIntent;

/** `POST /__sandbox/payment_intents/{id}/3ds` and `POST /__sandbox/setup_intents/{id}/3ds`. */
export function threeDSecureControls(account: Account): readonly Control[] {
  return ['payment', 'setup'].map((kind) =>
    actionControl(account, `${kind}_intents/{id}/3ds`, resultSchema, ({ result }, id) => {
      const intent = named(findAnyIntent(account, id), `${kind} intent`, id);
      const done = finishThreeDSecure(account, intent, result);
      if (done) return done;
      throw new ControlError(`${id} is ${intent.status}; only an intent in requires_action can be answered`);
    }),
  );
}

/** The page of the card's bank, at the address of the control. */
export function threeDSecurePage(account: Account): Page {
  return approvalPage<Intent, Records>(account, {
    title: '3-D Secure test page',
    idAt: ({ pathname }) => PATH.exec(pathname)?.[1],
    find: (id) => findAnyIntent(account, id),
    missing: 'There is no such intent.',
    text: (intent) => `${amountOf(intent)}, ${intent.id}`,
    closed: ({ status }) => (status === 'requires_action' ? undefined : `the intent is ${status}`),
    field: 'result',
    buttons: { succeeded: 'Approve', failed: 'Fail' },
    answer: (intent, result) => {
      if (result !== 'succeeded' && result !== 'failed') return undefined;
      const done = finishThreeDSecure(account, intent, result);
      return done ? { object: done, redirect: returnTarget(intent, result) } : { object: intent };
    },
    refused: 'result must be succeeded or failed',
  });
}

function findAnyIntent(account: Account, id: string): Intent | undefined {
  return account.store.get('intent', id) ?? account.store.get('setupIntent', id);
}

function amountOf(intent: Intent): string {
  if (intent.object === 'setup_intent') return 'A card is saved';
  return `${intent.amount} ${intent.currency} (minor units)`;
}

/** The payer's answer to 3-D Secure; undefined when the intent does not wait for one. */
function finishThreeDSecure(account: Account, intent: Intent, result: Result): Intent | undefined {
  const method = methodOf(account, intent);
  if (intent.status !== 'requires_action' || !method) return undefined;
  if (intent.object === 'setup_intent') {
    if (result === 'succeeded') return finishSetup(unasked(account), intent, method);
    return failSetup(unasked(account), intent, unauthenticated('SetupIntent', method));
  }
  if (result === 'succeeded') return attemptCharge(unasked(account), intent, method);
  const { body } = new ApiError(400, unauthenticated('PaymentIntent', method));
  return failIntent(unasked(account), intent, body);
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
function returnTarget(before: Intent, result: Result): string | undefined {
  return withQuery(before.next_action?.redirect_to_url?.return_url, {
    [before.object]: before.id,
    [`${before.object}_client_secret`]: before.client_secret ?? '',
    redirect_status: result,
  });
}
