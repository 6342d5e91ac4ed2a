import { type ErrorCatalogue, problemsOf } from '#runtime/contract/errors.ts';

/**
 * The error codes of payment operations, besides the platform's own. Codes are stable, titles are not.
 */
export const paymentErrors = {
  'invalid-request': { status: 400, title: 'The request is invalid' },
  'invalid-signature': { status: 400, title: 'The webhook is not signed by the provider' },
  'webhook-unusable': { status: 400, title: 'The webhook endpoint is misconfigured' },
  'card-data-refused': { status: 400, title: 'Card numbers must never be sent to this API' },
  'cursor-invalid': { status: 400, title: 'The cursor is invalid, or belongs to another list' },
  'idempotency-key-missing': { status: 400, title: 'This call requires an Idempotency-Key' },
  'payment-declined': { status: 402, title: 'The payment was declined' },
  'payment-not-found': { status: 404, title: 'There is no such payment' },
  'customer-not-found': { status: 404, title: 'There is no such customer' },
  'payment-method-not-found': { status: 404, title: 'There is no such payment method' },
  'subscription-not-found': { status: 404, title: 'There is no such subscription' },
  'webhook-not-found': { status: 404, title: 'There is no such event of the provider' },
  'invalid-state': { status: 409, title: 'The current state does not allow this' },
  'operation-in-progress': { status: 409, title: 'Another operation is in progress', retryAfterSeconds: 2 },
  'idempotency-in-progress': {
    status: 409,
    title: 'The first call with this Idempotency-Key is still in progress',
    retryAfterSeconds: 1,
  },
  'customer-deleted': { status: 409, title: 'The customer was deleted' },
  'customer-has-subscriptions': { status: 409, title: 'The customer has active subscriptions' },
  'order-reference-in-use': { status: 409, title: 'There is already a payment for this order' },
  'customer-of-other-provider': { status: 422, title: 'The customer belongs to another provider' },
  'currency-unsupported': { status: 422, title: 'The provider does not offer this currency' },
  'amount-precision': { status: 422, title: 'The currency cannot represent this amount exactly' },
  'limit-exceeded': { status: 422, title: 'The amount is outside the limits' },
  'refund-blocked-by-dispute': { status: 409, title: 'A dispute blocks refunds of this payment' },
  'refund-exceeds-remaining': { status: 422, title: 'The amount exceeds what can still be refunded' },
  'capture-exceeds-authorized': { status: 422, title: 'The amount exceeds what can still be captured' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used with another request' },
  'capability-unsupported': { status: 422, title: 'The provider does not support this' },
  'provider-not-configured': { status: 422, title: 'The provider is not configured' },
  'provider-rejected': { status: 422, title: 'The provider refused the request' },
  'provider-mismatch': { status: 502, title: "The provider's answer contradicts the payment" },
  'provider-unavailable': {
    status: 503,
    title: 'The payment provider is unavailable',
    retryAfterSeconds: 5,
  },
  'feature-disabled': {
    status: 503,
    title: 'This feature is disabled',
    retryAfterSeconds: 60,
  },
  'webhook-unverifiable': {
    status: 503,
    title: "The provider's signature cannot be verified at the moment",
    retryAfterSeconds: 30,
  },
  'payment-missing': {
    status: 503,
    title: 'The record of this event was not found',
    retryAfterSeconds: 5,
  },
  contention: { status: 503, title: 'Too many concurrent changes', retryAfterSeconds: 1 },
} as const satisfies ErrorCatalogue;

export type PaymentErrorCode = keyof typeof paymentErrors;

export const problem = problemsOf(paymentErrors);

/** The 422 for something that the provider cannot do. */
export const unsupported = (
  provider: string,
  { detail, capability }: { readonly detail?: string; readonly capability?: string },
) =>
  problem('capability-unsupported', {
    ...(detail !== undefined && { detail }),
    extensions: { provider, ...(capability !== undefined && { capability }) },
  });
