import type Stripe from 'stripe';
import type { NextAction, Snapshot } from '../../payments/model/snapshot.ts';
import type { PaymentStatus } from '../../payments/model/state.ts';
import { PAYMENT_ID_KEY } from '../metadata-keys.ts';
import { isoOf, unexpectedAnswer } from './answers.ts';
import { fromStripeUnit } from './currencies.ts';
import { markIn } from './marks.ts';

const statuses: Readonly<Record<string, PaymentStatus>> = {
  requires_payment_method: 'requires_action',
  requires_confirmation: 'requires_action',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorized',
  succeeded: 'succeeded',
  canceled: 'canceled',
};

/**
 * A PaymentIntent as a snapshot. The SDK accepts any JSON, so an incomplete PaymentIntent is rejected here: a missing
 * amount must not be read as zero.
 * @throws ProviderError `unknown`
 */
export function toSnapshot(intent: Stripe.PaymentIntent): Snapshot {
  if (!isComplete(intent)) throw unexpectedAnswer();
  const minor = (amount: number): number => fromStripeUnit(amount, intent.currency);
  const capturedMinor = minor(intent.amount_received);
  const capturableMinor = minor(intent.amount_capturable);
  return {
    ref: intent.id,
    status: statusOf(intent),
    providerStatus: intent.status,
    reason: intent.cancellation_reason ?? undefined,
    amountMinor: minor(intent.amount),
    currency: intent.currency,
    livemode: intent.livemode,
    paymentId: intent.metadata?.[PAYMENT_ID_KEY],
    ...markIn(intent.metadata),
    authorizedMinor: authorizedOf(intent, minor, capturableMinor + capturedMinor),
    capturableMinor,
    capturedMinor,
    captureBefore: captureBeforeOf(intent),
    failure: failureOf(intent),
    nextAction: nextActionOf(intent),
    clientSecret: intent.client_secret ?? undefined,
  };
}

function isComplete(intent: Partial<Stripe.PaymentIntent> | null | undefined): boolean {
  if (intent?.object !== 'payment_intent' || typeof intent.id !== 'string' || intent.id === '') return false;
  const { amount, amount_received: received, amount_capturable: capturable } = intent;
  return [amount, received, capturable].every((n = -1) => Number.isSafeInteger(n) && n >= 0);
}

function statusOf(intent: Stripe.PaymentIntent): PaymentStatus | undefined {
  const received = intent.amount_received > 0;
  if (intent.status === 'requires_capture' && received) return 'partially_captured';
  if (intent.status === 'canceled' && received) return 'succeeded';
  return statuses[intent.status];
}

/** The authorized amount; Stripe no longer reports it after a capture, but it was the full amount. */
function authorizedOf(intent: Stripe.PaymentIntent, minor: (amount: number) => number, held: number): number {
  return intent.status === 'succeeded' && intent.capture_method === 'manual' ? minor(intent.amount) : held;
}

function failureOf(intent: Stripe.PaymentIntent): Snapshot['failure'] {
  const error = intent.last_payment_error;
  // An intent does not report a declined capture, so while it can be captured the failure is unknown, not cleared.
  if (error === null || error === undefined) return intent.status === 'requires_capture' ? undefined : null;
  const charge = typeof error.charge === 'string' ? error.charge : undefined;
  return {
    code: error.code ?? error.type,
    declineCode: error.decline_code ?? undefined,
    ref: charge ?? error.payment_method?.id,
  };
}

/** The URL of an authentication or redirect contains the client secret, so it is marked as secret. */
function nextActionOf(intent: Stripe.PaymentIntent): NextAction | undefined {
  const action = intent.next_action;
  if (action === null || action === undefined) return undefined;
  return { type: action.type, secretUrl: action.redirect_to_url?.url ?? undefined };
}

/** When the authorization expires, if the charge was expanded; absent after a capture or release. */
function captureBeforeOf({ status, latest_charge: charge }: Stripe.PaymentIntent): string | undefined {
  if (status !== 'requires_capture' || charge === null || typeof charge !== 'object') return undefined;
  return isoOf(charge.payment_method_details?.card?.capture_before);
}
