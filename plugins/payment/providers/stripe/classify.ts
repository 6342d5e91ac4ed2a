import { Stripe } from 'stripe';
import type { OwnCode, ProviderErrorClass, ProviderErrorDetails } from '../provider-error.ts';
import type { Snapshot } from '../../payments/model/snapshot.ts';
import { toSnapshot } from './mapping.ts';

/** Rejections because the object is already in the requested state. */
const CONVERGENCE_CODES: ReadonlySet<string> = new Set([
  'payment_intent_unexpected_state',
  'charge_already_captured',
  'charge_already_refunded',
]);

/** Classifies an SDK error. An error that is not known to be definitive is `unknown`. */
export function classify(error: unknown): ProviderErrorDetails {
  if (!(error instanceof Stripe.errors.StripeError)) return { class: 'unknown', code: 'unexpected_error' };
  return {
    class: classOf(error),
    code: error.code ?? ('unspecified' satisfies OwnCode),
    missing: error.code === 'resource_missing',
    httpStatus: error.statusCode,
    declineCode: error.decline_code,
    param: error.param,
    requestId: error.requestId,
    replayed: error.headers?.['idempotent-replayed'] === 'true',
    snapshot: snapshotOf(error),
  };
}

/** The object that came with a refusal; one that cannot be read changes nothing about the refusal. */
function snapshotOf({ payment_intent: intent }: Stripe.errors.StripeError): Snapshot | undefined {
  try {
    return intent && toSnapshot(intent);
  } catch {
    return undefined;
  }
}

function classOf(error: Stripe.errors.StripeError): ProviderErrorClass {
  const { errors } = Stripe;
  if (error instanceof errors.StripeCardError) return 'declined';
  if (error instanceof errors.StripeRateLimitError) return 'rate_limited';
  if (error instanceof errors.StripeAuthenticationError) return 'auth';
  if (error instanceof errors.StripePermissionError) return 'auth';
  if (error.statusCode === 409) return 'in_progress';
  if (error.code !== undefined && CONVERGENCE_CODES.has(error.code)) return 'already_done';
  // The same key with other parameters: the first call may well have succeeded, so nothing may be concluded.
  if (error instanceof errors.StripeIdempotencyError) return 'unknown';
  if (error instanceof errors.StripeInvalidRequestError) return 'invalid';
  return 'unknown';
}
