import type Stripe from 'stripe';
import * as z from 'zod/mini';
import { actionControl, type Control } from '../../shared/controls/control.ts';
import { type Account, nowSeconds, unasked } from '../account.ts';
import { text } from '../api/params.ts';
import { get } from '../api/route.ts';
import { list, retrieve } from '../api/stored.ts';
import { chargeAt } from '../disputes/controls.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';
import { idOf } from '../methods/methods.ts';

type Warning = Stripe.Radar.EarlyFraudWarning;

const schema = z.strictObject({
  ref: z.string(),
  fraudType: z._default(
    z.enum(['card_never_received', 'fraudulent_card_application', 'made_with_stolen_card', 'misc']),
    'made_with_stolen_card',
  ),
});

const what = 'early_fraud_warning';
const warningsOf = list('fraudWarning', { charge: text, payment_intent: text });
const retrieveWarning = retrieve('fraudWarning', { what, param: what });

/** `/v1/radar/early_fraud_warnings`. */
export const warningRoutes = [
  get('/v1/radar/early_fraud_warnings', (call) => {
    const found = warningsOf(call);
    return { ...found, data: found.data.map((warning) => current(call.account, warning)) };
  }),
  get('/v1/radar/early_fraud_warnings/{id}', (call, id) => current(call.account, retrieveWarning(call, id))),
];

/** `POST /__sandbox/early_fraud_warnings`: the payer's bank suspects fraud. */
export function fraudWarningControl(account: Account): Control {
  return actionControl(account, 'early_fraud_warnings', schema, ({ fraudType, ref }) =>
    warnOfFraud(account, chargeAt(account, ref), fraudType),
  );
}

function warnOfFraud(account: Account, charge: Stripe.Charge, fraudType: string): Warning {
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
  return save(unasked(account), 'radar.early_fraud_warning.created', made);
}

/** Nothing can be done any more once the charge is refunded or disputed. */
function current(account: Account, warning: Warning): Warning {
  const charge = account.store.get('charge', idOf(warning.charge));
  return { ...warning, actionable: charge !== undefined && !charge.refunded && !charge.disputed };
}
