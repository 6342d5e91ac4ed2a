import { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';
import { requestOptions } from '../../../../../../plugins/payment/providers/stripe/client.ts';
import { classify } from '../../../../../../plugins/payment/providers/stripe/classify.ts';
import { toSnapshot } from '../../../../../../plugins/payment/providers/stripe/mapping.ts';

const { errors } = Stripe;
const raw = (more: object = {}) => ({ message: 'secret words of the provider', ...more }) as never;

describe('classify', () => {
  it.each([
    [new errors.StripeCardError(raw({ code: 'card_declined', decline_code: 'do_not_honor' })), 'declined'],
    [new errors.StripeInvalidRequestError(raw({ code: 'parameter_missing' })), 'invalid'],
    [new errors.StripeInvalidRequestError(raw({ code: 'payment_intent_unexpected_state' })), 'already_done'],
    [new errors.StripeInvalidRequestError(raw({ code: 'charge_already_captured' })), 'already_done'],
    [new errors.StripeAuthenticationError(raw()), 'auth'],
    [new errors.StripePermissionError(raw()), 'auth'],
    [new errors.StripeRateLimitError(raw()), 'rate_limited'],
    [new errors.StripeAPIError(raw({ statusCode: 409, code: 'lock_timeout' })), 'in_progress'],
    [
      new errors.StripeInvalidRequestError(raw({ statusCode: 409, code: 'idempotency_key_in_use' })),
      'in_progress',
    ],
    [new errors.StripeIdempotencyError(raw({ statusCode: 400 })), 'unknown'],
    [new errors.StripeAPIError(raw({ statusCode: 500 })), 'unknown'],
    [new errors.StripeConnectionError(raw()), 'unknown'],
    [new TypeError('our own bug'), 'unknown'],
    ['nothing', 'unknown'],
  ])('%s is %s', (error, expected) => {
    const details = classify(error);
    expect(details.class).toBe(expected);
    expect(JSON.stringify(details)).not.toContain('secret words');
  });

  it.each([
    errors.StripeInvalidRequestError,
    errors.StripeCardError,
    errors.StripeAPIError,
    errors.StripeConnectionError,
    errors.StripeRateLimitError,
    errors.StripePermissionError,
    errors.StripeIdempotencyError,
  ])('never passes the name of an SDK class for a code: %o', (Failure) => {
    const details = classify(new Failure(raw({ type: 'invalid_request_error', statusCode: 400 })));
    expect(details).toMatchObject({ code: 'unspecified', httpStatus: 400 });
    expect(JSON.stringify(details)).not.toMatch(/Stripe\w*Error/);
  });

  it('keeps codes and tells a replayed answer', () => {
    const error = new errors.StripeAPIError(
      raw({ statusCode: 500, requestId: 'req_1', headers: { 'idempotent-replayed': 'true' } }),
    );
    expect(classify(error)).toMatchObject({ requestId: 'req_1', replayed: true });
  });

  it.each([
    { object: 'payment_intent' },
    { object: 'payment_intent', id: 'pi_1', amount: 1.5, currency: 'usd' },
    { object: 'payment_intent', id: 'pi_1', amount: 150, currency: 'isk' },
    'no object',
  ])('a decline stays one with %j for its object', (intent) => {
    const error = new errors.StripeCardError(raw({ code: 'card_declined', payment_intent: intent }));
    expect(classify(error)).toMatchObject({ class: 'declined', snapshot: undefined });
  });
});

describe('toSnapshot', () => {
  const intent = (more: object) =>
    ({
      id: 'pi_1',
      object: 'payment_intent',
      amount: 1000,
      amount_received: 0,
      amount_capturable: 0,
      currency: 'usd',
      capture_method: 'automatic',
      livemode: false,
      metadata: { payment_id: 'pay_1' },
      ...more,
    }) as never;

  it.each([
    [{ status: 'requires_payment_method' }, { status: 'requires_action' }],
    [{ status: 'requires_confirmation' }, { status: 'requires_action' }],
    [
      { status: 'requires_action', next_action: { type: 'use_stripe_sdk' } },
      { nextAction: { type: 'use_stripe_sdk' } },
    ],
    [{ status: 'processing' }, { status: 'processing' }],
    [
      { status: 'requires_capture', amount_capturable: 1000 },
      { status: 'authorized', capturableMinor: 1000 },
    ],
    [
      { status: 'requires_capture', amount_capturable: 400, amount_received: 600 },
      { status: 'partially_captured', authorizedMinor: 1000, capturedMinor: 600 },
    ],
    [
      { status: 'succeeded', amount_received: 600 },
      { status: 'succeeded', capturedMinor: 600 },
    ],
    [
      { status: 'canceled', cancellation_reason: 'expired' },
      { status: 'canceled', reason: 'expired' },
    ],
    [{ status: 'canceled', amount_received: 600 }, { status: 'succeeded' }],
    [{ status: 'from_the_future' }, { status: undefined, providerStatus: 'from_the_future' }],
    [
      { status: 'requires_payment_method', last_payment_error: { code: 'card_declined', charge: 'ch_1' } },
      { failure: { code: 'card_declined', ref: 'ch_1' } },
    ],
  ])('%j', (given, expected) => {
    expect(toSnapshot(intent(given))).toMatchObject(expected);
  });

  it.each([
    undefined,
    null,
    {},
    { object: 'charge', id: 'ch_1' },
    { object: 'payment_intent' },
    { message: 'Not Found' },
    { object: 'payment_intent', id: 'pi_1', status: 'succeeded', amount: 1000, currency: 'usd' },
    { object: 'payment_intent', id: 'pi_1', amount: 1, amount_received: -1, amount_capturable: 0 },
  ])('takes %j for no answer at all', (answer) => {
    expect(() => toSnapshot(answer as never)).toThrow('unexpected_answer');
  });
});

describe('requestOptions', () => {
  it('fits a try into the budget', () => {
    expect(requestOptions({ budgetMs: 25_000 })).toEqual({ timeout: 8_000 });
    expect(requestOptions({ budgetMs: 1_000, idempotencyKey: 'k' })).toEqual({
      timeout: 1_000,
      idempotencyKey: 'k',
    });
  });
});
