import type Stripe from 'stripe';
import { type Account, type Cause, nowSeconds } from '../account.ts';
import { ApiError, type ErrorBody } from '../api/errors.ts';
import { emit, save } from '../events.ts';
import { attemptCharge, cancelAndRelease, requireAction } from '../intents/transitions.ts';
import { idOf, magicOf } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';
import { activatePaid } from '../subscriptions/lifecycle.ts';
import { addIntent, intentOf, paymentsOf } from './issue.ts';

/** Brings an invoice in line with what became of its intent; `nextAttempt` is when it is charged again. */
export function settleInvoice(cause: Cause, intent: Stripe.PaymentIntent, nextAttempt?: number | null): void {
  const { account } = cause;
  account.store.delete('job', `${intent.id}:invoice`);
  const invoice = account.store.get('invoice', account.store.get('invoiceOf', intent.id) ?? '');
  if (invoice?.status !== 'open') return;
  if (intent.status === 'succeeded') return markPaid(cause, invoice, intent);
  const waits = intent.status === 'requires_action';
  if (!waits && (intent.status !== 'requires_payment_method' || !intent.last_payment_error)) return;
  const attempt = { attempt_count: invoice.attempt_count + 1, attempted: true };
  const next = nextAttempt === undefined ? {} : { next_payment_attempt: nextAttempt };
  const tried = { ...invoice, ...attempt, ...next };
  account.store.put('invoice', tried.id, tried);
  if (waits) emit(cause, 'invoice.payment_action_required', tried);
  if (!waits || nextAttempt !== undefined) emit(cause, 'invoice.payment_failed', tried);
}

/** The invoice is paid: by its intent, or because there was nothing to pay. */
export function markPaid(cause: Cause, invoice: Stripe.Invoice, intent?: Stripe.PaymentIntent): void {
  const { account } = cause;
  const now = nowSeconds(account);
  const [payment] = paymentsOf(account, invoice.id);
  if (payment) {
    const transitions = { ...payment.status_transitions, paid_at: now };
    const amount = payment.amount_requested;
    const paid = { ...payment, amount_paid: amount, status: 'paid', status_transitions: transitions };
    account.store.put('invoicePayment', paid.id, paid);
    emit(cause, 'invoice_payment.paid', paid, { status: payment.status });
  }
  account.store.delete('job', invoice.id);
  const paid = save(cause, 'invoice.paid', {
    ...invoice,
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempt_count: invoice.attempt_count + (intent ? 1 : 0),
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  });
  emit(cause, 'invoice.payment_succeeded', paid);
  const subscription = subscriptionOf(account, paid);
  if (subscription && idOf(subscription.latest_invoice) === paid.id) {
    activatePaid(cause, subscription, idOf(intent?.payment_method));
  }
}

/** Nobody is to pay the invoice any more; its intent is canceled. */
export function voidInvoice(cause: Cause, invoice: Stripe.Invoice): void {
  const { account } = cause;
  if (invoice.status !== 'open') return;
  const now = nowSeconds(account);
  save(cause, 'invoice.voided', {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: now },
  });
  const intent = intentOf(account, invoice.id);
  if (intent && intent.status !== 'processing') cancelAndRelease(cause, intent, 'void_invoice');
  for (const payment of paymentsOf(account, invoice.id)) {
    const transitions = { ...payment.status_transitions, canceled_at: now };
    const canceled = { ...payment, status: 'canceled', status_transitions: transitions };
    account.store.put('invoicePayment', payment.id, canceled);
  }
}

/** The subscription that an invoice is for. */
export function subscriptionOf(
  account: Account,
  { parent }: Stripe.Invoice,
): Stripe.Subscription | undefined {
  return account.store.get('subscription', idOf(parent?.subscription_details?.subscription));
}

/** Tries to take the money for an open invoice, and settles the invoice by what became of it. */
export function collectInvoice(
  cause: Cause,
  invoice: Stripe.Invoice,
  method: MethodRecord,
  nextAttempt?: number | null,
): Stripe.PaymentIntent {
  const { account } = cause;
  const intent = intentOf(account, invoice.id) ?? addIntent(cause, invoice, method);
  const tried = magicOf(method.magic).authenticate
    ? requireAction(cause, intent, method, undefined)
    : attemptCharge(cause, intent, method);
  settleInvoice(cause, tried, nextAttempt);
  return tried;
}

/** The 402 of a charge that was refused, or that the payer has to approve. */
export function cardRefusal(intent: Stripe.PaymentIntent, executed: boolean): ApiError {
  if (intent.status !== 'requires_action') {
    return new ApiError(402, intent.last_payment_error as unknown as ErrorBody, executed);
  }
  return new ApiError(
    402,
    {
      type: 'card_error',
      code: 'invoice_payment_intent_requires_action',
      message:
        'This payment requires additional user action before it can be completed successfully. Payment can be ' +
        'completed using the PaymentIntent associated with the invoice.',
    },
    executed,
  );
}
