import type Stripe from 'stripe';
import { nowSeconds } from '../account.ts';
import { listParams, page, type Page } from '../api/lists.ts';
import { mergeMetadata, metadata } from '../api/metadata.ts';
import { clearableText, object, readParams, text, texts } from '../api/params.ts';
import { type Call, del, get, post } from '../api/route.ts';
import { retrieve } from '../api/stored.ts';
import { emit, save } from '../events.ts';
import { newId } from '../ids.ts';
import { attachToCustomer, detachFromCustomer, methodsOf } from '../methods/attach.ts';
import { resolveMethod } from '../methods/methods.ts';
import { cancelNow } from '../subscriptions/operations.ts';
import { findCustomer, notTheirs } from './find.ts';

/** Parameters of `POST /v1/customers/{id}`. */
const updateParams = {
  address: object({
    city: clearableText,
    country: clearableText,
    line1: clearableText,
    line2: clearableText,
    postal_code: clearableText,
    state: clearableText,
  }),
  description: clearableText,
  email: clearableText,
  expand: texts,
  invoice_settings: object({ default_payment_method: clearableText }),
  metadata,
  name: clearableText,
  phone: clearableText,
};

/** Parameters of `POST /v1/customers`. */
const createParams = { ...updateParams, payment_method: text };

type Changes = ReturnType<typeof readParams<typeof updateParams>>;

/** `/v1/customers`; of a deleted one there is only that it is deleted. */
export const customerRoutes = [
  post('/v1/customers', createCustomer),
  get('/v1/customers', listCustomers),
  get('/v1/customers/{id}', retrieve('customer')),
  post('/v1/customers/{id}', updateCustomer),
  del('/v1/customers/{id}', deleteCustomer),
];

/** `POST /v1/customers`; `payment_method` is attached to the new customer. */
function createCustomer(call: Call): Stripe.Customer {
  const { account } = call;
  const params = readParams(createParams, call.form);
  const empty = emptyCustomer(nowSeconds(account));
  const method =
    params.payment_method === undefined ? undefined : resolveMethod(account, params.payment_method);
  if (method) attachToCustomer(call, method, empty.id);
  const customer = changed(call, empty, params);
  return save(call, 'customer.created', customer);
}

/** `POST /v1/customers/{id}`. */
function updateCustomer(call: Call, id: string): Stripe.Customer {
  const params = readParams(updateParams, call.form);
  const customer = findCustomer(call.account, id, 404);
  const next = changed(call, customer, params);
  return save(call, 'customer.updated', next, previous(customer, next));
}

/** `DELETE /v1/customers/{id}`: its subscriptions end, its payment methods are detached. */
function deleteCustomer(call: Call, id: string): Stripe.DeletedCustomer {
  const { account } = call;
  readParams({}, call.form);
  const customer = findCustomer(account, id, 404);
  for (const subscription of account.store.all('subscription')) {
    if (subscription.customer === id && subscription.ended_at === null) cancelNow(call, subscription);
  }
  for (const method of methodsOf(account, id)) detachFromCustomer(call, method);
  const deleted: Stripe.DeletedCustomer = { id, object: 'customer', deleted: true };
  account.store.put('customer', id, deleted);
  emit(call, 'customer.deleted', customer);
  return deleted;
}

/** `GET /v1/customers`, all or those with an e-mail address. */
function listCustomers(call: Call): Page<Stripe.Customer> {
  const query = readParams({ ...listParams, email: text }, call.form);
  const all = call.account.store.all('customer');
  const living = all.filter((one): one is Stripe.Customer => one.deleted !== true);
  const { email } = query;
  return page(
    living.filter((one) => email === undefined || one.email === email),
    query,
    call.path,
  );
}

function changed(call: Call, customer: Stripe.Customer, params: Changes): Stripe.Customer {
  const settings = params.invoice_settings;
  const method = settings?.default_payment_method;
  if (method !== undefined && method !== null) {
    const known = call.account.store.get('method', method);
    if (known?.object.customer !== customer.id) throw notTheirs(method);
  }
  return {
    ...customer,
    address: params.address === undefined ? (customer.address ?? null) : addressOf(params.address),
    description: params.description === undefined ? customer.description : params.description,
    email: params.email === undefined ? customer.email : params.email,
    name: params.name === undefined ? (customer.name ?? null) : params.name,
    phone: params.phone === undefined ? (customer.phone ?? null) : params.phone,
    metadata: mergeMetadata(customer.metadata, params.metadata),
    invoice_settings: {
      ...customer.invoice_settings,
      ...(method === undefined ? {} : { default_payment_method: method }),
    },
  };
}

function addressOf(given: NonNullable<Changes['address']>): Stripe.Address {
  const none = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
  return { ...none, ...given };
}

function emptyCustomer(created: number): Stripe.Customer {
  return {
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: newId('x').slice(-8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

/** The members that differ, as they were. */
function previous(before: Stripe.Customer, after: Stripe.Customer): object {
  const entries = Object.entries(before) as [keyof Stripe.Customer, unknown][];
  return Object.fromEntries(
    entries.filter(([name, value]) => JSON.stringify(after[name]) !== JSON.stringify(value)),
  );
}
