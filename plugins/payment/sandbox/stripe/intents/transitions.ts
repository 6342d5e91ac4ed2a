import type Stripe from 'stripe';
import { type Account, type Cause, nowSeconds } from '../account.ts';
import { ApiError, type ErrorBody } from '../api/errors.ts';
import { AUTHORIZATION_SECONDS, newCharge } from '../charges.ts';
import { emit, save } from '../events.ts';
import { keepForCustomer } from '../methods/attach.ts';
import { type Decline, GENERIC } from '../methods/magic.ts';
import { idOf, magicOf, methodOf } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';
import { authenticationAction } from './find.ts';

/** Sandbox time between `processing` and its outcome. */
const SETTLE_AFTER_MS = 2000;

type Intent = Stripe.PaymentIntent;

/** Tries to charge: succeeds, authorises, becomes pending, or goes back to needing a payment method. */
export function attemptCharge(cause: Cause, intent: Intent, method: MethodRecord): Intent {
  const { account } = cause;
  const magic = magicOf(method.magic);
  if (method.declines === true) return declineCharge(cause, intent, method, GENERIC);
  if (magic.settles) return startProcessing(cause, intent, method);
  if (magic.decline) return declineCharge(cause, intent, method, magic.decline);
  const captured = intent.capture_method !== 'manual';
  const made = newCharge(account, intent, method, { status: 'succeeded', captured });
  save(cause, 'charge.succeeded', made);
  const charged = { ...acceptedAttempt(method), latest_charge: made.id };
  consumeMethod(cause, intent, method);
  if (captured) return markSucceeded(cause, { ...intent, ...charged }, intent.amount);
  const dueAtMs = account.nowMs() + AUTHORIZATION_SECONDS * 1000;
  account.store.put('job', intent.id, { kind: 'expire-authorization', intentId: intent.id, dueAtMs });
  return save(cause, 'payment_intent.amount_capturable_updated', {
    ...intent,
    ...charged,
    status: 'requires_capture',
    amount_capturable: intent.amount,
  });
}

/** The intent succeeds with the captured amount. */
export function markSucceeded(cause: Cause, intent: Intent, receivedMinor: number): Intent {
  const { account } = cause;
  account.store.delete('job', intent.id);
  const changes = { status: 'succeeded', amount_capturable: 0, amount_received: receivedMinor } as const;
  const done = save(cause, 'payment_intent.succeeded', { ...intent, ...changes });
  queueInvoiceSettlement(account, done);
  const method = methodOf(account, done);
  if (method && magicOf(method.magic).dispute) {
    const chargeId = idOf(done.latest_charge);
    account.store.put('job', chargeId, { kind: 'open-dispute', chargeId, dueAtMs: account.nowMs() });
  }
  return done;
}

/** Settles the invoice that the intent pays as soon as the request is over. */
function queueInvoiceSettlement(account: Account, { id }: Intent): void {
  if (account.store.get('invoiceOf', id) === undefined) return;
  account.store.put('job', `${id}:invoice`, {
    kind: 'settle-invoice',
    intentId: id,
    dueAtMs: account.nowMs(),
  });
}

/** The charge was refused: the intent needs another payment method and can still succeed. */
export function declineCharge(cause: Cause, intent: Intent, method: MethodRecord, reason: Decline): Intent {
  const { account } = cause;
  const failed = newCharge(account, intent, method, { status: 'failed', captured: false, decline: reason });
  save(cause, 'charge.failed', failed);
  const { body } = new ApiError(402, {
    type: 'card_error',
    code: reason.code,
    message: reason.message,
    decline_code: reason.declineCode,
    ...(reason.adviceCode === undefined ? {} : { advice_code: reason.adviceCode }),
    ...(reason.networkDeclineCode === undefined ? {} : { network_decline_code: reason.networkDeclineCode }),
    charge: failed.id,
    payment_method: method.object,
  });
  return failIntent(cause, { ...intent, latest_charge: failed.id }, body);
}

/** Goes back to needing a payment method, with the reason. */
export function failIntent(cause: Cause, intent: Intent, error: ErrorBody): Intent {
  const { account } = cause;
  const failed = save(cause, 'payment_intent.payment_failed', {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    processing: null,
    last_payment_error: error,
  });
  queueInvoiceSettlement(account, failed);
  return failed;
}

function startProcessing(cause: Cause, intent: Intent, method: MethodRecord): Intent {
  const { account } = cause;
  const pending = newCharge(account, intent, method, { status: 'pending', captured: true });
  const made = { ...pending, amount_captured: 0, captured: false };
  save(cause, 'charge.pending', made);
  if (magicOf(method.magic).settles === 'later') {
    const dueAtMs = account.nowMs() + SETTLE_AFTER_MS;
    account.store.put('job', intent.id, { kind: 'settle', intentId: intent.id, dueAtMs });
  }
  consumeMethod(cause, intent, method);
  const changes = { ...acceptedAttempt(method), status: 'processing', latest_charge: made.id } as const;
  return save(cause, 'payment_intent.processing', { ...intent, ...changes });
}

/** A method without a customer is used once; the customer keeps it when that was asked for. */
function consumeMethod(cause: Cause, intent: Intent, method: MethodRecord): void {
  const { account } = cause;
  if (method.object.customer !== null) return;
  const customer = idOf(intent.customer);
  if (customer !== '' && intent.setup_future_usage !== null) keepForCustomer(cause, method, customer);
  else account.store.put('method', method.object.id, { ...method, spent: true });
}

/** Members every accepted attempt sets alike. */
function acceptedAttempt(method: MethodRecord): Partial<Intent> {
  return { payment_method: method.object.id, next_action: null, last_payment_error: null };
}

/** The payer must authenticate: a page of the sandbox when there is a URL to return to. */
export function requireAction(
  cause: Cause,
  intent: Intent,
  method: MethodRecord,
  returnUrl: string | undefined,
): Intent {
  const { account } = cause;
  const next = authenticationAction(cause, intent, returnUrl);
  const changes = { ...acceptedAttempt(method), status: 'requires_action', next_action: next } as const;
  const waiting = save(cause, 'payment_intent.requires_action', { ...intent, ...changes });
  queueInvoiceSettlement(account, waiting);
  return waiting;
}

/** Ends the intent for good and releases an authorisation. */
export function cancelAndRelease(
  cause: Cause,
  intent: Intent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): Intent {
  const { account } = cause;
  account.store.delete('job', intent.id);
  releaseCharge(cause, intent, reason === 'expired');
  return save(cause, 'payment_intent.canceled', {
    ...intent,
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: nowSeconds(account),
    cancellation_reason: reason,
    next_action: null,
  });
}

/** What is released was never taken: the charge stays as it is, and there is no refund. */
function releaseCharge(cause: Cause, intent: Intent, expired: boolean): void {
  const { account } = cause;
  if (intent.status === 'requires_capture' && expired)
    emit(cause, 'charge.expired', latestCharge(account, intent));
}

/** The charge of an intent that has one. */
export function latestCharge(account: Account, intent: Intent): Stripe.Charge {
  const made = account.store.get('charge', idOf(intent.latest_charge));
  if (!made) throw new Error(`${intent.id} has no charge`);
  return made;
}
