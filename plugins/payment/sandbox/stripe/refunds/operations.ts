import type Stripe from 'stripe';
import { notAllowed } from '../api/errors.ts';
import type { Page } from '../api/lists.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { readParams, text, texts } from '../api/params.ts';
import { type Call, get, post } from '../api/route.ts';
import { list, retrieve, stored } from '../api/stored.ts';
import { emit, save } from '../events.ts';
import { createRefund, listRefundParams, namedCharge, namedIntent, updateParams } from './create.ts';
import { undoRefund } from './outcomes.ts';

const naming = { param: 'refund' };
const refundsOf = list('refund', { charge: text, payment_intent: text });

/** `/v1/refunds`. */
export const refundRoutes = [
  post('/v1/refunds', createRefund),
  get('/v1/refunds', listRefunds),
  get('/v1/refunds/{id}', retrieve('refund', naming)),
  post('/v1/refunds/{id}', updateRefund),
  post('/v1/refunds/{id}/cancel', cancelRefund),
];

/** `GET /v1/refunds`, of all charges, of one, or of an intent, which must exist. */
function listRefunds(call: Call): Page<Stripe.Refund> {
  const { charge, payment_intent: intent } = readParams(listRefundParams, call.form);
  if (charge !== undefined) namedCharge(call.account, charge);
  if (intent !== undefined) namedIntent(call.account, intent);
  return refundsOf(call);
}

/** `POST /v1/refunds/{id}`: metadata. */
function updateRefund(call: Call, id: string): Stripe.Refund {
  const params = readParams(updateParams, call.form);
  const refund = stored(call.account, 'refund', id, naming);
  const changed = { ...refund, metadata: mergeMetadata(refund.metadata ?? {}, params.metadata) };
  save(call, 'refund.updated', changed, { metadata: refund.metadata });
  emit(call, 'charge.refund.updated', changed, { metadata: refund.metadata });
  return changed;
}

/** `POST /v1/refunds/{id}/cancel`: only refunds that wait for the payer, which no card's refund does. */
function cancelRefund(call: Call, id: string): Stripe.Refund {
  readParams({ expand: texts }, call.form);
  const refund = stored(call.account, 'refund', id, naming);
  if (refund.status === 'requires_action') return undoRefund(call, refund, { status: 'canceled' });
  const message = `Refund ${id} has a status of ${refund.status}; only refunds in requires_action can be canceled.`;
  throw notAllowed(message);
}
