import type Stripe from 'stripe';
import type { Cause } from '../../shared/core.ts';
import { emit } from '../events.ts';
import { cancel } from '../intents/transitions.ts';
import { idOf } from '../methods/methods.ts';
import { activate } from '../subscriptions/lifecycle.ts';
import type { World } from '../world.ts';
import { nowSeconds } from '../world.ts';
import { intentOf, paymentsOf, saveInvoice } from './issue.ts';

/** Brings an invoice in line with what became of its intent; `nextAttempt` is when it is charged again. */
export function settleInvoice(
  world: World,
  cause: Cause,
  intent: Stripe.PaymentIntent,
  nextAttempt?: number | null,
): void {
  world.store.delete('job', `${intent.id}:invoice`);
  const invoice = world.store.get('invoice', world.store.get('invoiceOf', intent.id) ?? '');
  if (invoice?.status !== 'open') return;
  if (intent.status === 'succeeded') return markPaid(world, cause, invoice, intent);
  const waits = intent.status === 'requires_action';
  if (!waits && (intent.status !== 'requires_payment_method' || !intent.last_payment_error)) return;
  const tried = saveInvoice(world, invoice, {
    attempt_count: invoice.attempt_count + 1,
    attempted: true,
    ...(nextAttempt === undefined ? {} : { next_payment_attempt: nextAttempt }),
  });
  if (waits) emit(world, cause, 'invoice.payment_action_required', tried);
  if (!waits || nextAttempt !== undefined) emit(world, cause, 'invoice.payment_failed', tried);
}

/** The invoice is paid: by its intent, or because there was nothing to pay. */
export function markPaid(
  world: World,
  cause: Cause,
  invoice: Stripe.Invoice,
  intent?: Stripe.PaymentIntent,
): void {
  const now = nowSeconds(world);
  const [payment] = paymentsOf(world, invoice.id);
  if (payment) {
    const transitions = { ...payment.status_transitions, paid_at: now };
    const amount = payment.amount_requested;
    const paid = { ...payment, amount_paid: amount, status: 'paid', status_transitions: transitions };
    world.store.put('invoicePayment', paid.id, paid);
    emit(world, cause, 'invoice_payment.paid', paid, { status: payment.status });
  }
  world.store.delete('job', invoice.id);
  const paid = saveInvoice(world, invoice, {
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempt_count: invoice.attempt_count + (intent ? 1 : 0),
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  });
  emit(world, cause, 'invoice.paid', paid);
  emit(world, cause, 'invoice.payment_succeeded', paid);
  const subscription = subscriptionOf(world, paid);
  if (subscription && idOf(subscription.latest_invoice) === paid.id) {
    activate(world, cause, subscription, idOf(intent?.payment_method));
  }
}

/** Nobody is to pay the invoice any more; its intent is canceled. */
export function voidInvoice(world: World, cause: Cause, invoice: Stripe.Invoice): void {
  if (invoice.status !== 'open') return;
  const now = nowSeconds(world);
  const voided = saveInvoice(world, invoice, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: now },
  });
  emit(world, cause, 'invoice.voided', voided);
  const intent = intentOf(world, invoice.id);
  if (intent && intent.status !== 'processing') cancel(world, cause, intent, 'void_invoice');
  for (const payment of paymentsOf(world, invoice.id)) {
    const transitions = { ...payment.status_transitions, canceled_at: now };
    const canceled = { ...payment, status: 'canceled', status_transitions: transitions };
    world.store.put('invoicePayment', payment.id, canceled);
  }
}

/** The subscription that an invoice is for. */
export function subscriptionOf(world: World, { parent }: Stripe.Invoice): Stripe.Subscription | undefined {
  return world.store.get('subscription', idOf(parent?.subscription_details?.subscription));
}
