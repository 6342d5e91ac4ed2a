import type Stripe from 'stripe';
import * as z from 'zod/mini';
import type { Control } from '../../shared/controls/control.ts';
import { parseControl } from '../../shared/controls/control.ts';
import type { Call } from '../api/call.ts';
import { noSuch } from '../api/errors.ts';
import type { Page } from '../api/lists.ts';
import { listParams, page } from '../api/lists.ts';
import { readParams, text, texts } from '../api/params.ts';
import { chargeAt } from '../disputes/controls.ts';
import { emit } from '../events.ts';
import { newId } from '../ids.ts';
import { idOf } from '../methods/methods.ts';
import type { Account } from '../account.ts';
import { NO_REQUEST, nowSeconds } from '../account.ts';

type Warning = Stripe.Radar.EarlyFraudWarning;

const schema = z.strictObject({
  ref: z.string(),
  fraudType: z._default(
    z.enum(['card_never_received', 'fraudulent_card_application', 'made_with_stolen_card', 'misc']),
    'made_with_stolen_card',
  ),
});

/** `POST /__sandbox/early_fraud_warnings`: the payer's bank suspects fraud. */
export function fraudWarningControl(account: Account): Control {
  return {
    method: 'POST',
    path: /^\/__sandbox\/early_fraud_warnings$/,
    run: ({ body }) => {
      const { fraudType, ref } = parseControl(schema, body);
      return account.store.transaction(() => warn(account, chargeAt(account, ref), fraudType));
    },
  };
}

/** `GET /v1/radar/early_fraud_warnings/{id}`. */
export function retrieveWarning(call: Call, id: string): Warning {
  readParams({ expand: texts }, call.form);
  const warning = call.account.store.get('fraudWarning', id);
  if (!warning) throw noSuch('early_fraud_warning', id, 'early_fraud_warning');
  return current(call.account, warning);
}

/** `GET /v1/radar/early_fraud_warnings`, of all charges, of one, or of an intent. */
export function listWarnings(call: Call): Page<Warning> {
  const query = readParams({ ...listParams, charge: text, payment_intent: text }, call.form);
  const all = call.account.store.all('fraudWarning').map(({ value }) => current(call.account, value));
  const fitting = all
    .filter(({ charge }) => query.charge === undefined || charge === query.charge)
    .filter((one) => query.payment_intent === undefined || one.payment_intent === query.payment_intent);
  return page(fitting, query, call.path);
}

function warn(account: Account, charge: Stripe.Charge, fraudType: string): Warning {
  const warning: Warning = {
    id: newId('issfr'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: nowSeconds(account),
    fraud_type: fraudType,
    livemode: false,
    payment_intent: idOf(charge.payment_intent),
  };
  const made = current(account, warning);
  account.store.put('fraudWarning', made.id, made);
  emit(account, NO_REQUEST, 'radar.early_fraud_warning.created', made);
  return made;
}

/** Nothing can be done any more once the charge is refunded or disputed. */
function current(account: Account, warning: Warning): Warning {
  const charge = account.store.get('charge', idOf(warning.charge));
  return { ...warning, actionable: charge !== undefined && !charge.refunded && !charge.disputed };
}
