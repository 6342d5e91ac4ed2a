import type Stripe from 'stripe';
import { ApiError, notAllowed } from '../api/errors.ts';
import { flag, object, oneOf, readParams, text, texts } from '../api/params.ts';
import { type Call, get, post } from '../api/route.ts';
import { list, retrieve, stored } from '../api/stored.ts';
import { checkOwner } from '../customers/find.ts';
import { idOf, resolveMethod } from '../methods/methods.ts';
import { methodFor } from '../subscriptions/lifecycle.ts';
import { cardRefusal, collectInvoice, subscriptionOf } from './settle.ts';

const invoiceNaming = { param: 'invoice' };
const invoiceParams = {
  customer: text,
  status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void'),
  subscription: text,
};
const payment = { what: 'invoice_payment', param: 'invoice_payment' };
const paymentParams = {
  invoice: text,
  payment: object({ payment_intent: text, type: oneOf('payment_intent') }),
  status: oneOf('canceled', 'open', 'paid'),
};

/** `/v1/invoices` and `/v1/invoice_payments`. */
export const invoiceRoutes = [
  get(
    '/v1/invoices',
    list('invoice', invoiceParams, {
      subscription: ({ parent }, id) => idOf(parent?.subscription_details?.subscription) === id,
    }),
  ),
  get('/v1/invoices/{id}', retrieve('invoice', invoiceNaming)),
  post('/v1/invoices/{id}/pay', payInvoice),
  get(
    '/v1/invoice_payments',
    list('invoicePayment', paymentParams, {
      payment: (made, { payment_intent: id }) => id === undefined || made.payment.payment_intent === id,
    }),
  ),
  get('/v1/invoice_payments/{id}', retrieve('invoicePayment', payment)),
];

/** `POST /v1/invoices/{id}/pay`: with the given method, else the subscription's or the customer's. */
function payInvoice(call: Call, id: string): Stripe.Invoice {
  const { account } = call;
  const params = readParams({ expand: texts, off_session: flag, payment_method: text }, call.form);
  const invoice = stored(account, 'invoice', id, invoiceNaming);
  if (invoice.status !== 'open') {
    const message =
      invoice.status === 'paid'
        ? 'Invoice is already paid'
        : `Invoices with status ${String(invoice.status)} cannot be paid.`;
    throw notAllowed(message);
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
  const tried = collectInvoice(call, invoice, method);
  if (tried.status === 'succeeded' || tried.status === 'processing')
    return stored(account, 'invoice', id, invoiceNaming);
  throw cardRefusal(tried, true);
}
