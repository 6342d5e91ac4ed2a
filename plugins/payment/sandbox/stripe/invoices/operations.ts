import type Stripe from 'stripe';
import type { Call } from '../api/call.ts';
import { ApiError, noSuch } from '../api/errors.ts';
import type { Page } from '../api/lists.ts';
import { listParams, page } from '../api/lists.ts';
import { flag, object, oneOf, readParams, text, texts } from '../api/params.ts';
import { checkOwner } from '../customers/find.ts';
import { idOf, resolveMethod } from '../methods/methods.ts';
import { methodFor } from '../subscriptions/lifecycle.ts';
import { collect } from './collect.ts';
import { cardRefusal } from './refusal.ts';
import { subscriptionOf } from './settle.ts';

const onlyExpand = { expand: texts };
const statuses = oneOf('draft', 'open', 'paid', 'uncollectible', 'void');

/** `GET /v1/invoices/{id}`. */
export function retrieveInvoice(call: Call, id: string): Stripe.Invoice {
  readParams(onlyExpand, call.form);
  return find(call, id);
}

/** `GET /v1/invoices`, by customer, subscription and status. */
export function listInvoices(call: Call): Page<Stripe.Invoice> {
  const params = { ...listParams, customer: text, status: statuses, subscription: text };
  const query = readParams(params, call.form);
  const all = call.account.store.all('invoice').map(({ value }) => value);
  const fitting = all
    .filter(({ customer }) => query.customer === undefined || customer === query.customer)
    .filter(({ status }) => query.status === undefined || status === query.status)
    .filter(({ parent }) => {
      const id = idOf(parent?.subscription_details?.subscription);
      return query.subscription === undefined || id === query.subscription;
    });
  return page(fitting, query, call.path);
}

/** `POST /v1/invoices/{id}/pay`: with the given method, else the subscription's or the customer's. */
export function payInvoice(call: Call, id: string): Stripe.Invoice {
  const { account } = call;
  const params = readParams({ expand: texts, off_session: flag, payment_method: text }, call.form);
  const invoice = find(call, id);
  if (invoice.status !== 'open') {
    const message =
      invoice.status === 'paid'
        ? 'Invoice is already paid'
        : `Invoices with status ${String(invoice.status)} cannot be paid.`;
    throw new ApiError(400, { type: 'invalid_request_error', message }, true);
  }
  const subscription = subscriptionOf(account, invoice);
  const given =
    params.payment_method === undefined ? undefined : resolveMethod(account, params.payment_method);
  if (given) checkOwner(given, idOf(invoice.customer));
  const method = given ?? (subscription && methodFor(account, subscription));
  if (!method) {
    const message =
      'There is no default payment method set on this Customer, Subscription, or Invoice. You can pass one in the ' +
      '`payment_method` parameter.';
    throw new ApiError(400, { type: 'invalid_request_error', code: 'resource_missing', message }, true);
  }
  const tried = collect(account, call, invoice, method);
  if (tried.status === 'succeeded' || tried.status === 'processing') return find(call, id);
  throw cardRefusal(tried, true);
}

const paymentParams = {
  ...listParams,
  invoice: text,
  payment: object({ payment_intent: text, type: oneOf('payment_intent') }),
  status: oneOf('canceled', 'open', 'paid'),
};

/** `GET /v1/invoice_payments`, by invoice, intent and status. */
export function listInvoicePayments(call: Call): Page<Stripe.InvoicePayment> {
  const query = readParams(paymentParams, call.form);
  const intent = query.payment?.payment_intent;
  const all = call.account.store.all('invoicePayment').map(({ value }) => value);
  const fitting = all
    .filter(({ invoice }) => query.invoice === undefined || invoice === query.invoice)
    .filter(({ status }) => query.status === undefined || status === query.status)
    .filter(({ payment }) => intent === undefined || payment.payment_intent === intent);
  return page(fitting, query, call.path);
}

/** `GET /v1/invoice_payments/{id}`. */
export function retrieveInvoicePayment(call: Call, id: string): Stripe.InvoicePayment {
  readParams(onlyExpand, call.form);
  const payment = call.account.store.get('invoicePayment', id);
  if (!payment) throw noSuch('invoice_payment', id, 'invoice_payment');
  return payment;
}

function find(call: Call, id: string): Stripe.Invoice {
  const invoice = call.account.store.get('invoice', id);
  if (!invoice) throw noSuch('invoice', id, 'invoice');
  return invoice;
}
