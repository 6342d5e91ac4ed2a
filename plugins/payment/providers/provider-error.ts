import type { Snapshot } from '../payments/model/snapshot.ts';

/**
 * Codes that we give ourselves where the provider sends none. They stand in logs and records, and are never shown
 * as the provider's own.
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
export type OwnCode = (typeof ownCodes)[number];

const OWN: ReadonlySet<string> = new Set(ownCodes);

/** The provider's own code, such as `resource_missing` or a PayPal issue; `undefined` for one of ours. */
export const providerCodeOf = (code: string | undefined): string | undefined =>
  code === undefined || OWN.has(code) ? undefined : code;

/**
 * What a refusal or fault of the provider means for money: `declined`, `invalid`, `auth`, `rate_limited` are
 * definitive, nothing happened; `already_done`: fetch and converge; `in_progress`, `unknown`: it may have
 * happened, so nothing may be given up.
 */
export type ProviderErrorClass =
  | 'declined'
  | 'invalid'
  | 'already_done'
  | 'in_progress'
  | 'rate_limited'
  | 'auth'
  | 'unknown';

export interface ProviderErrorDetails {
  readonly class: ProviderErrorClass;
  /** The provider's stable code, or one of {@link ownCodes}; never its message, nor a name of its SDK. */
  readonly code: string;
  /** The answer says that there is no such object, or not any more. It is definitive. */
  readonly missing?: boolean;
  /** The HTTP status of the answer, for the log. */
  readonly httpStatus?: number | undefined;
  readonly declineCode?: string | undefined;
  readonly param?: string | undefined;
  readonly requestId?: string | undefined;
  /** The provider answered from its idempotency store, so that asking again with this key brings nothing new. */
  readonly replayed?: boolean;
  /** The object as it is after a decline, where the provider sends it along. */
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
