import { type ErrorCatalogue, problemsOf } from '#runtime/contract/errors.ts';

export const loyaltyErrors = {
  'points-insufficient': { status: 422, title: 'The account has fewer points' },
  'payment-not-eligible': { status: 422, title: 'Points cannot be redeemed on this payment' },
  'redemption-conflict': {
    status: 409,
    title: 'Another redemption was made at the same time',
    retryAfterSeconds: 1,
  },
  'redemption-disabled': { status: 503, title: 'Points cannot be redeemed at present' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
} as const satisfies ErrorCatalogue;

export const problem = problemsOf(loyaltyErrors);
