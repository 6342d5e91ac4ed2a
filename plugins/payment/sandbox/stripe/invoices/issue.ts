import type Stripe from 'stripe';
import { type Account, type Cause, nowSeconds } from '../account.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';
import { newIntent } from '../intents/create.ts';
import { idOf } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';

/** Numbers a draft and makes it payable; Stripe waits an hour here, the sandbox does not. */
export function finalizeInvoice(cause: Cause, draft: Stripe.Invoice): Stripe.Invoice {
  const { account } = cause;
  const now = nowSeconds(account);
  return save(cause, 'invoice.finalized', {
    ...draft,
    effective_at: now,
    number: `SANDBOX-${String(account.store.all('invoice').length).padStart(4, '0')}`,
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: now },
  });
}

/** Makes the intent that pays an open invoice; the invoice and the intent find each other by the payment. */
export function addIntent(
  cause: Cause,
  invoice: Stripe.Invoice,
  method: MethodRecord | undefined,
): Stripe.PaymentIntent {
  const { account } = cause;
  const first = invoice.billing_reason === 'subscription_create';
  const params = {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: idOf(invoice.customer),
    description: first ? 'Subscription creation' : 'Subscription update',
    allowed_payment_method_types: ['card'],
    ...(first ? { setup_future_usage: 'off_session' as const } : {}),
  };
  const intent = newIntent(account, params);
  if (method) Object.assign(intent, { payment_method: method.object.id, status: 'requires_confirmation' });
  const payment: Stripe.InvoicePayment = {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_remaining,
    created: nowSeconds(account),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  };
  account.store.put('invoicePayment', payment.id, payment);
  account.store.put('invoiceOf', intent.id, invoice.id);
  save(cause, 'payment_intent.created', intent);
  return intent;
}

/** The payments of an invoice, oldest first. */
export function paymentsOf(account: Account, invoiceId: string): Stripe.InvoicePayment[] {
  const all = account.store.all('invoicePayment');
  return all.filter(({ invoice }) => invoice === invoiceId);
}

/** The intent that pays an invoice; undefined while there is none. */
export function intentOf(account: Account, invoiceId: string): Stripe.PaymentIntent | undefined {
  const [payment] = paymentsOf(account, invoiceId);
  const id = payment?.payment.payment_intent;
  return typeof id === 'string' ? account.store.get('intent', id) : undefined;
}
