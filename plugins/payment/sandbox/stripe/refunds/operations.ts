import type Stripe from 'stripe';
import type { Call } from '../api/call.ts';
import { ApiError, noSuch } from '../api/errors.ts';
import type { Page } from '../api/lists.ts';
import { page } from '../api/lists.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { readParams, texts } from '../api/params.ts';
import { emit } from '../events.ts';
import { undoRefund } from './outcomes.ts';
import { listRefundParams, updateParams } from './params.ts';

const onlyExpand = { expand: texts };

/** `GET /v1/refunds/{id}`. */
export function retrieveRefund(call: Call, id: string): Stripe.Refund {
  readParams(onlyExpand, call.form);
  return find(call, id);
}

/** `GET /v1/refunds`, of all charges, of one, or of an intent. */
export function listRefunds(call: Call): Page<Stripe.Refund> {
  const query = readParams(listRefundParams, call.form);
  const { store } = call.account;
  if (query.charge !== undefined && !store.get('charge', query.charge)) {
    throw noSuch('charge', query.charge, 'charge', 400);
  }
  if (query.payment_intent !== undefined && !store.get('intent', query.payment_intent)) {
    throw noSuch('payment_intent', query.payment_intent, 'payment_intent', 400);
  }
  const all = store.all('refund').map(({ value }) => value);
  const fitting = all
    .filter(({ charge }) => query.charge === undefined || charge === query.charge)
    .filter((refund) => query.payment_intent === undefined || refund.payment_intent === query.payment_intent);
  return page(fitting, query, call.path);
}

/** `POST /v1/refunds/{id}`: metadata. */
export function updateRefund(call: Call, id: string): Stripe.Refund {
  const params = readParams(updateParams, call.form);
  const refund = find(call, id);
  const changed = { ...refund, metadata: mergeMetadata(refund.metadata ?? {}, params.metadata) };
  call.account.store.put('refund', id, changed);
  emit(call.account, call, 'refund.updated', changed, { metadata: refund.metadata });
  emit(call.account, call, 'charge.refund.updated', changed, { metadata: refund.metadata });
  return changed;
}

/** `POST /v1/refunds/{id}/cancel`: only refunds that wait for the payer, which no card's refund does. */
export function cancelRefund(call: Call, id: string): Stripe.Refund {
  readParams(onlyExpand, call.form);
  const refund = find(call, id);
  if (refund.status === 'requires_action') {
    return undoRefund(call.account, call, refund, { status: 'canceled' });
  }
  const message = `Refund ${id} has a status of ${refund.status}; only refunds in requires_action can be canceled.`;
  throw new ApiError(400, { type: 'invalid_request_error', message }, true);
}

function find(call: Call, id: string): Stripe.Refund {
  const refund = call.account.store.get('refund', id);
  if (!refund) throw noSuch('refund', id, 'refund');
  return refund;
}
