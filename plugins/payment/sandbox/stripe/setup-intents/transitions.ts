import type Stripe from 'stripe';
import type { Cause } from '../account.ts';
import { ApiError, type ErrorBody } from '../api/errors.ts';
import { save } from '../events.ts';
import { authenticationAction } from '../intents/find.ts';
import { keepForCustomer } from '../methods/attach.ts';
import { idOf, magicOf } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';

type Setup = Stripe.SetupIntent;

/** The payer agreed: the method works, and the customer keeps it. */
export function finishSetup(cause: Cause, setup: Setup, method: MethodRecord): Setup {
  const { decline, declinesAfterAttaching } = magicOf(method.magic);
  if (decline && declinesAfterAttaching !== true) {
    const { code, declineCode, message } = decline;
    const refusal = { type: 'card_error', code, message, decline_code: declineCode } as const;
    return failSetup(cause, setup, { ...refusal, payment_method: method.object });
  }
  const customer = idOf(setup.customer);
  if (customer !== '' && method.object.customer === null) keepForCustomer(cause, method, customer);
  return save(cause, 'setup_intent.succeeded', {
    ...setup,
    last_setup_error: null,
    next_action: null,
    payment_method: method.object.id,
    status: 'succeeded',
  });
}

/** Goes back to needing a payment method, with the reason. */
export function failSetup(cause: Cause, setup: Setup, reason: ErrorBody): Setup {
  const { body } = new ApiError(402, reason);
  return save(cause, 'setup_intent.setup_failed', {
    ...setup,
    last_setup_error: body,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  });
}

/** The payer must authenticate, at a page of the sandbox when there is a URL to return to. */
export function requireSetupAction(
  cause: Cause,
  setup: Setup,
  method: MethodRecord,
  returnUrl: string | undefined,
): Setup {
  const next = authenticationAction(cause, setup, returnUrl);
  const changes = { next_action: next, payment_method: method.object.id, status: 'requires_action' } as const;
  return save(cause, 'setup_intent.requires_action', { ...setup, ...changes });
}
