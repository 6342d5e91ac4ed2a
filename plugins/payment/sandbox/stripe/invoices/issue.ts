import type Stripe from 'stripe';
import type { Cause } from '../../shared/core.ts';
import { emit } from '../events.ts';
import { newId } from '../ids.ts';
import { newIntent } from '../intents/create.ts';
import { save as saveIntent } from '../intents/transitions.ts';
import { idOf } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { nowSeconds } from '../world.ts';

/** Keeps an invoice with changes. */
export function saveInvoice(
  world: World,
  invoice: Stripe.Invoice,
  changes: Partial<Stripe.Invoice>,
): Stripe.Invoice {
  const changed = { ...invoice, ...changes };
  world.store.put('invoice', changed.id, changed);
  return changed;
}

/** Numbers a draft and makes it payable; Stripe waits an hour here, the sandbox does not. */
export function finalize(world: World, cause: Cause, draft: Stripe.Invoice): Stripe.Invoice {
  const now = nowSeconds(world);
  const open = saveInvoice(world, draft, {
    effective_at: now,
    number: `SANDBOX-${String(world.store.all('invoice').length).padStart(4, '0')}`,
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: now },
  });
  emit(world, cause, 'invoice.finalized', open);
  return open;
}

/** Makes the intent that pays an open invoice; the invoice and the intent find each other by the payment. */
export function addIntent(
  world: World,
  cause: Cause,
  invoice: Stripe.Invoice,
  method: MethodRecord | undefined,
): Stripe.PaymentIntent {
  const first = invoice.billing_reason === 'subscription_create';
  const params = {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: idOf(invoice.customer),
    description: first ? 'Subscription creation' : 'Subscription update',
    allowed_payment_method_types: ['card'],
    ...(first ? { setup_future_usage: 'off_session' as const } : {}),
  };
  const intent = saveIntent(
    world,
    newIntent(world, params),
    method ? { payment_method: method.object.id, status: 'requires_confirmation' } : {},
  );
  const payment: Stripe.InvoicePayment = {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_remaining,
    created: nowSeconds(world),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  };
  world.store.put('invoicePayment', payment.id, payment);
  world.store.put('invoiceOf', intent.id, invoice.id);
  emit(world, cause, 'payment_intent.created', intent);
  return intent;
}

/** The payments of an invoice, oldest first. */
export function paymentsOf(world: World, invoiceId: string): Stripe.InvoicePayment[] {
  const all = world.store.all('invoicePayment').map(({ value }) => value);
  return all.filter(({ invoice }) => invoice === invoiceId);
}

/** The intent that pays an invoice; undefined while there is none. */
export function intentOf(world: World, invoiceId: string): Stripe.PaymentIntent | undefined {
  const [payment] = paymentsOf(world, invoiceId);
  const id = payment?.payment.payment_intent;
  return typeof id === 'string' ? world.store.get('intent', id) : undefined;
}
