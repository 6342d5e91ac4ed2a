/** The providers that exist. */
export const providerNames = ['stripe', 'paypal'] as const;
export type ProviderName = (typeof providerNames)[number];

/** What bounds and identifies one call. */
export interface ProviderCall {
  /** Milliseconds left for the whole call, retries included. */
  readonly budgetMs: number;
  /** Required for every call that changes something. */
  readonly idempotencyKey?: string;
}
