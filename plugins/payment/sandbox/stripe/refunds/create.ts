import type Stripe from 'stripe';
import { type Account, nowSeconds } from '../account.ts';
import { ApiError, invalid, notAllowed } from '../api/errors.ts';
import { listParams } from '../api/lists.ts';
import { mergeMetadata, metadata } from '../api/metadata.ts';
import { integer, oneOf, readParams, text, texts } from '../api/params.ts';
import type { Call } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import { disputesOf } from '../disputes/lifecycle.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';
import { idOf, magicOf } from '../methods/methods.ts';
import { scheduleOutcome } from './outcomes.ts';
import { refundableMinor, refundAmount } from './room.ts';

/** Parameters of `POST /v1/refunds`. */
const createParams = {
  amount: integer,
  charge: text,
  expand: texts,
  metadata,
  payment_intent: text,
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
};

/** Parameters of `GET /v1/refunds`. */
export const listRefundParams = { ...listParams, charge: text, payment_intent: text };

/** Parameters of `POST /v1/refunds/{id}`. */
export const updateParams = { expand: texts, metadata };

type Params = ReturnType<typeof readParams<typeof createParams>>;

/** `POST /v1/refunds`: all that is left of a charge or a part of it. */
export function createRefund(call: Call): Stripe.Refund {
  const { account } = call;
  const params = readParams(createParams, call.form);
  const charge = chargeToRefund(account, params);
  const merged = mergeMetadata({}, params.metadata);
  if (disputesOf(account, charge.id).some(({ is_charge_refundable: refundable }) => !refundable)) {
    const message = `Charge ${charge.id} has been charged back; cannot issue a refund.`;
    throw new ApiError(400, { type: 'invalid_request_error', code: 'charge_disputed', message }, true);
  }
  const amount = refundAmount(charge, refundableMinor(account, charge), params.amount);
  const refund = newRefund(account, charge, { amount, metadata: merged, reason: params.reason ?? null });
  save(call, 'refund.created', refund);
  const refunded = charge.amount_refunded + amount;
  const changed = { ...charge, amount_refunded: refunded, refunded: refunded >= charge.amount_captured };
  save(call, 'charge.refunded', changed, {
    amount_refunded: charge.amount_refunded,
    ...(changed.refunded ? { refunded: false } : {}),
  });
  scheduleOutcome(account, refund);
  return refund;
}

/** A charge that a parameter names. */
export function namedCharge(account: Account, id: string): Stripe.Charge {
  return stored(account, 'charge', id, { param: 'charge', status: 400 });
}

/** An intent that a parameter names. */
export function namedIntent(account: Account, id: string): Stripe.PaymentIntent {
  return stored(account, 'intent', id, { what: 'payment_intent', param: 'payment_intent', status: 400 });
}

/** The charge that a refund names, itself or by its intent. */
function chargeToRefund(account: Account, params: Params): Stripe.Charge {
  const { charge: chargeId, payment_intent: intentId } = params;
  if (chargeId === undefined && intentId === undefined) {
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  const named = chargeId === undefined ? undefined : namedCharge(account, chargeId);
  const intent = namedIntent(account, intentId ?? idOf(named?.payment_intent));
  const charge = named ?? account.store.get('charge', idOf(intent.latest_charge));
  if (named && named.payment_intent !== intent.id) {
    throw invalid(`Charge ${named.id} does not belong to PaymentIntent ${intent.id}.`, 'charge');
  }
  if (charge?.status === 'succeeded' && charge.amount_captured > 0) return charge;
  const message = `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`;
  const param = intentId === undefined ? 'charge' : 'payment_intent';
  throw notAllowed(message, { param });
}

function newRefund(
  account: Account,
  charge: Stripe.Charge,
  fields: Pick<Stripe.Refund, 'amount' | 'metadata' | 'reason'>,
): Stripe.Refund {
  const method = account.store.get('method', charge.payment_method ?? '');
  const magic = magicOf(method?.magic ?? 'pm_card_visa');
  const pending = magic.refunds === 'later' || magic.type === 'us_bank_account';
  return {
    id: newId('re'),
    object: 'refund',
    ...fields,
    balance_transaction: null,
    charge: charge.id,
    created: nowSeconds(account),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details:
      magic.type === 'card'
        ? {
            card: {
              reference_status: 'pending',
              reference_type: 'acquirer_reference_number',
              type: 'refund',
            },
            type: 'card',
          }
        : { us_bank_transfer: { reference: null, reference_status: 'pending' }, type: 'us_bank_transfer' },
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    receipt_number: null,
    source_transfer_reversal: null,
    status: pending ? 'pending' : 'succeeded',
    transfer_reversal: null,
  };
}
