import type Stripe from 'stripe';
import { ApiError, invalid, noSuch, notAllowed } from '../api/errors.ts';
import { listParams, page, type Page } from '../api/lists.ts';
import { mergeMetadata, metadata } from '../api/metadata.ts';
import { clearableText, integer, object, oneOf, readParams, required, text, texts } from '../api/params.ts';
import { type Call, get, post } from '../api/route.ts';
import { findCustomer } from '../customers/find.ts';
import { emit } from '../events.ts';
import type { MethodRecord } from '../store/records.ts';
import { attachToCustomer, detachFromCustomer, methodsOf } from './attach.ts';
import { findMagic } from './magic.ts';
import { createMethod, resolveMethod } from './methods.ts';

const rawCard = () => {
  throw new ApiError(402, {
    type: 'invalid_request_error',
    message:
      'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens ' +
      'that map to the test card you are using, see https://stripe.com/docs/testing.',
  });
};

const billingDetails = object({ email: clearableText, name: clearableText, phone: clearableText });

/** Parameters of `POST /v1/payment_methods`. */
const createParams = {
  billing_details: billingDetails,
  card: object({ cvc: rawCard, exp_month: rawCard, exp_year: rawCard, number: rawCard, token: text }),
  expand: texts,
  metadata,
  type: oneOf('card'),
};

/** Parameters of `POST /v1/payment_methods/{id}`. */
const updateParams = {
  billing_details: billingDetails,
  card: object({ exp_month: integer, exp_year: integer }),
  expand: texts,
  metadata,
};

const onlyExpand = { expand: texts };

/** `/v1/payment_methods`, and those of a customer. */
export const methodRoutes = [
  post('/v1/payment_methods', createPaymentMethod, 'publishable'),
  get('/v1/payment_methods', listMethods),
  get('/v1/payment_methods/{id}', retrieveMethod),
  post('/v1/payment_methods/{id}', updateMethod),
  post('/v1/payment_methods/{id}/attach', attachMethod),
  post('/v1/payment_methods/{id}/detach', detachMethod),
  get('/v1/customers/{id}/payment_methods', listCustomersMethods),
];

/** `POST /v1/payment_methods`: cards come as tokens only. */
function createPaymentMethod(call: Call): Stripe.PaymentMethod {
  const params = readParams(createParams, call.form);
  required(params.type, 'type');
  const token = required(required(params.card, 'card').token, 'card[token]');
  if (!token.startsWith('tok_') || !findMagic(token)) throw noSuch('token', token, 'card[token]', 400);
  const made = createMethod(call.account, token, mergeMetadata({}, params.metadata));
  return saveMethod(call, made, {
    billing_details: { ...made.object.billing_details, ...params.billing_details },
  });
}

/** `GET /v1/payment_methods/{id}`. */
function retrieveMethod(call: Call, id: string): Stripe.PaymentMethod {
  readParams(onlyExpand, call.form);
  return resolveMethod(call.account, id, 404).object;
}

/** `POST /v1/payment_methods/{id}`: only of a customer's method. */
function updateMethod(call: Call, id: string): Stripe.PaymentMethod {
  const params = readParams(updateParams, call.form);
  const method = resolveMethod(call.account, id, 404);
  const { object: current } = method;
  if (current.customer === null) {
    throw invalid('You must save this PaymentMethod to a customer before you can update it.');
  }
  const changed = saveMethod(call, method, {
    billing_details: { ...current.billing_details, ...params.billing_details },
    metadata: mergeMetadata(current.metadata ?? {}, params.metadata),
    ...(current.card ? { card: { ...current.card, ...params.card } } : {}),
  });
  emit(call, 'payment_method.updated', changed);
  return changed;
}

/** `POST /v1/payment_methods/{id}/attach`. */
function attachMethod(call: Call, id: string): Stripe.PaymentMethod {
  const params = readParams({ customer: text, expand: texts }, call.form);
  const customer = findCustomer(call.account, required(params.customer, 'customer'));
  return attachToCustomer(call, resolveMethod(call.account, id, 404), customer.id).object;
}

/** `POST /v1/payment_methods/{id}/detach`. */
function detachMethod(call: Call, id: string): Stripe.PaymentMethod {
  readParams(onlyExpand, call.form);
  const method = resolveMethod(call.account, id, 404);
  if (method.object.customer !== null) return detachFromCustomer(call, method).object;
  const message =
    'The payment method you provided is not attached to a customer so detachment is impossible.';
  throw notAllowed(message);
}

/** `GET /v1/payment_methods` of a customer. */
function listMethods(call: Call): Page<Stripe.PaymentMethod> {
  const query = readParams({ ...listParams, customer: text, type: text }, call.form);
  return pageOf(call, required(query.customer, 'customer'), query);
}

/** `GET /v1/customers/{id}/payment_methods`. */
function listCustomersMethods(call: Call, id: string): Page<Stripe.PaymentMethod> {
  return pageOf(call, id, readParams({ ...listParams, type: text }, call.form));
}

function pageOf(
  call: Call,
  customer: string,
  query: Parameters<typeof page>[1] & { readonly type?: string },
): Page<Stripe.PaymentMethod> {
  const { id } = findCustomer(call.account, customer);
  const theirs = methodsOf(call.account, id).map((method) => method.object);
  return page(
    theirs.filter(({ type }) => query.type === undefined || type === query.type),
    query,
    call.path,
  );
}

function saveMethod(
  call: Call,
  method: MethodRecord,
  changes: Partial<Stripe.PaymentMethod>,
): Stripe.PaymentMethod {
  const changed = { ...method.object, ...changes };
  call.account.store.put('method', changed.id, { ...method, object: changed });
  return changed;
}
