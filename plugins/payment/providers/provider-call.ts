/** The supported providers. */
export const providerNames = ['stripe', 'paypal'] as const;
/** The name of a provider, as in configuration and API. */
export type ProviderName = (typeof providerNames)[number];

/** The time limit and the idempotency key of one call. */
export interface ProviderCall {
  /** Milliseconds for the whole call, retries included. */
  readonly budgetMs: number;
  /** The provider's idempotency key; required for every call that changes something. */
  readonly idempotencyKey?: string;
  /** Is given the name of the port's method that makes the call. */
  readonly began?: (method: string) => void;
}
