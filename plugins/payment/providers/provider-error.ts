import type { Snapshot } from '../payments/model/snapshot.ts';

/**
 * Codes of this plugin, for errors that have no code of the provider. They appear in logs and records, never as a
 * code of the provider.
 */
export const ownCodes = [
  'amount_not_representable',
  'arguments_invalid',
  'auth',
  'authorization_denied',
  'cancel_at_period_end_unsupported',
  'capture_declined',
  'capture_not_named',
  'invalid-state',
  'multicapture_off',
  'never_sent',
  'object_missing',
  'order_moved_on',
  'rate_limited',
  'sale_denied',
  'saved_method_unsupported',
  'subscription_charge',
  'subscription_ended',
  'subscriptions_live',
  'timed_out',
  'too_many_intents',
  'unexpected_answer',
  'unexpected_error',
  'unsent',
  'unspecified',
  'value_missing',
] as const;
/** One of {@link ownCodes}. */
export type OwnCode = (typeof ownCodes)[number];

const OWN: ReadonlySet<string> = new Set(ownCodes);

/**
 * The provider's own code, such as Stripe's `resource_missing` or a PayPal issue; undefined for one of {@link
 * ownCodes}.
 */
export const providerCodeOf = (code: string | undefined): string | undefined =>
  code === undefined || OWN.has(code) ? undefined : code;

/**
 * What an error means for money. `declined`, `invalid`, `auth`, `rate_limited`: definitive, nothing happened.
 * `already_done`: fetch the object and reconcile. `in_progress`, `unknown`: the call may have succeeded, so it has
 * to be looked up or repeated with the same key. Sources: https://docs.stripe.com/error-handling and
 * https://developer.paypal.com/api/rest/responses/
 */
export type ProviderErrorClass =
  | 'declined'
  | 'invalid'
  | 'already_done'
  | 'in_progress'
  | 'rate_limited'
  | 'auth'
  | 'unknown';

/** What is known of a failed provider call, without personal data. */
export interface ProviderErrorDetails {
  readonly class: ProviderErrorClass;
  /** The provider's stable code, or one of {@link ownCodes}; never its message, nor a name of its SDK. */
  readonly code: string;
  /** The object does not exist, or no longer. Definitive. */
  readonly missing?: boolean;
  /** The HTTP status of the response, for the log. */
  readonly httpStatus?: number | undefined;
  readonly declineCode?: string | undefined;
  readonly param?: string | undefined;
  readonly requestId?: string | undefined;
  /**
   * The response was replayed from the provider's idempotency store, so repeating the call with this key returns
   * the same.
   */
  readonly replayed?: boolean;
  /** The object after a decline, where the provider includes it. */
  readonly snapshot?: Snapshot | undefined;
}

/** The only error that a provider adapter throws. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly details: ProviderErrorDetails;

  constructor(details: ProviderErrorDetails, options?: ErrorOptions) {
    super(`${details.class}: ${details.code}`, options);
    this.details = details;
  }
}
