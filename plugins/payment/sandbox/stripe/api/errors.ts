import type Stripe from 'stripe';
import { ApiRefusal } from '../../shared/api/refusal.ts';

/** The `error` member of every refused request. */
export interface ErrorBody {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
  readonly advice_code?: string;
  readonly network_decline_code?: string;
  readonly charge?: string;
  readonly doc_url?: string;
  readonly payment_intent?: Stripe.PaymentIntent;
  readonly payment_method?: Stripe.PaymentMethod;
  readonly setup_intent?: Stripe.SetupIntent;
}

/**
 * A refusal with Stripe's status and envelope. `executed` says that the endpoint had started to act, so the
 * answer is kept for the idempotency key; refusals of parameters are not kept.
 */
export class ApiError extends ApiRefusal {
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody, executed = false) {
    super(body.message, status, executed);
    this.name = 'ApiError';
    this.body = body.code === undefined ? body : { ...body, doc_url: docUrl(body.code) };
  }
}

function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}

/** A 400 about one parameter. */
export function invalid(message: string, param?: string, code?: string): ApiError {
  return new ApiError(400, {
    type: 'invalid_request_error',
    message,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  });
}

/** A required parameter is absent. */
export function missing(param: string): ApiError {
  return invalid(`Missing required param: ${param}.`, param, 'parameter_missing');
}

/** The object a path (404) or a parameter (400) names does not exist. */
export function noSuch(what: string, id: string, param: string, status: 400 | 404 = 404): ApiError {
  const message = `No such ${what}: '${id}'`;
  return new ApiError(status, { type: 'invalid_request_error', code: 'resource_missing', message, param });
}

/** A 400 after execution began: the state of an object does not allow the call. */
export function notAllowed(message: string, more: Partial<ErrorBody> = {}): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', message, ...more }, true);
}

/** The intent's status does not allow the call; the intent travels in the error. */
export function unexpectedState(message: string, intent: Stripe.PaymentIntent): ApiError {
  const code = 'payment_intent_unexpected_state';
  return new ApiError(400, { type: 'invalid_request_error', code, message, payment_intent: intent }, true);
}
