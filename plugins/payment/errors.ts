import { type ErrorCatalogue, problemsOf } from '#runtime/contract/errors.ts';

/**
 * The codes that payment operations answer with, besides the platform's own. Codes are stable; titles are for
 * people.
 */
export const paymentErrors = {
  'invalid-request': { status: 400, title: 'The request does not fit' },
  'invalid-signature': { status: 400, title: 'The webhook is not signed by the provider' },
  'webhook-unusable': { status: 400, title: 'The webhook endpoint is set up in a way that cannot work' },
  'card-data-refused': { status: 400, title: 'Card numbers must never be sent here' },
  'cursor-invalid': { status: 400, title: 'The cursor is not one of ours, or belongs to another list' },
  'idempotency-key-missing': { status: 400, title: 'This call needs an Idempotency-Key' },
  'payment-declined': { status: 402, title: 'The payment was declined' },
  'payment-not-found': { status: 404, title: 'There is no such payment' },
  'customer-not-found': { status: 404, title: 'There is no such customer' },
  'payment-method-not-found': { status: 404, title: 'There is no such payment method' },
  'subscription-not-found': { status: 404, title: 'There is no such subscription' },
  'webhook-not-found': { status: 404, title: 'No such event of the provider came in' },
  'invalid-state': { status: 409, title: 'The payment is not in a state that allows this' },
  'operation-in-progress': { status: 409, title: 'Another operation has the payment', retryAfterSeconds: 2 },
  'idempotency-in-progress': {
    status: 409,
    title: 'The first call with this key is still running',
    retryAfterSeconds: 1,
  },
  'customer-deleted': { status: 409, title: 'The customer was deleted' },
  'customer-has-subscriptions': { status: 409, title: 'The customer has subscriptions that go on' },
  'order-reference-in-use': { status: 409, title: 'There is a live payment for this order' },
  'customer-of-other-provider': { status: 422, title: 'The customer belongs to another provider' },
  'currency-unsupported': { status: 422, title: 'The provider does not offer this currency' },
  'amount-precision': { status: 422, title: 'The currency cannot represent this amount exactly' },
  'limit-exceeded': { status: 422, title: 'The amount is outside of what is possible' },
  'refund-blocked-by-dispute': { status: 409, title: 'A dispute keeps this payment from being refunded' },
  'refund-exceeds-remaining': { status: 422, title: 'There is less left to refund' },
  'capture-exceeds-authorized': { status: 422, title: 'There is less left to capture' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key came with another request before' },
  'capability-unsupported': { status: 422, title: 'The provider cannot do this' },
  'provider-not-configured': { status: 422, title: 'This deployment does not use the provider' },
  'provider-rejected': { status: 422, title: 'The provider refused the request' },
  'provider-mismatch': { status: 502, title: "The provider's answer contradicts the payment" },
  'provider-unavailable': {
    status: 503,
    title: 'The payment provider cannot be reached',
    retryAfterSeconds: 5,
  },
  'feature-disabled': {
    status: 503,
    title: 'This is switched off at the moment',
    retryAfterSeconds: 60,
  },
  'webhook-unverifiable': {
    status: 503,
    title: "The provider's signature cannot be checked now",
    retryAfterSeconds: 30,
  },
  'payment-missing': {
    status: 503,
    title: 'The payment of this event cannot be found',
    retryAfterSeconds: 5,
  },
  contention: { status: 503, title: 'Too many changes of this payment at once', retryAfterSeconds: 1 },
} as const satisfies ErrorCatalogue;

export type PaymentErrorCode = keyof typeof paymentErrors;

export const problem = problemsOf(paymentErrors);
