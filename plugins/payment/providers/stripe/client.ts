import { Stripe } from 'stripe';
import type { StripeConfig } from '../../config.ts';
import { type ProviderCall, ProviderError } from '../provider.ts';
import { classify } from './classify.ts';

const ATTEMPT_TIMEOUT_MS = 8_000;
/** The SDK waits up to a second before its first repetition. */
const RETRY_PAUSE_MS = 1_000;
const RATE_LIMIT_RETRIES_MAX = 2;
const RATE_LIMIT_PAUSE_MS = 250;

/**
 * A client for one configuration. The API version is pinned: answers must keep the shape that the mapping
 * knows.
 */
export function stripeClient(config: StripeConfig): Stripe {
  return new Stripe(config.secretKey, {
    apiVersion: (config.apiVersion ?? Stripe.API_VERSION) as typeof Stripe.API_VERSION,
    timeout: ATTEMPT_TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
    ...(config.apiBase !== undefined && endpoint(config.apiBase)),
  });
}

function endpoint(apiBase: string) {
  const url = new URL(apiBase);
  const protocol = url.protocol === 'https:' ? ('https' as const) : ('http' as const);
  return { host: url.hostname, port: url.port || (protocol === 'https' ? 443 : 80), protocol };
}

/** Time limits of one call that fit its budget: a second try only when it can end in time. */
export function requestOptions({ budgetMs, idempotencyKey }: ProviderCall): Stripe.RequestOptions {
  const timeout = Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, Math.floor(budgetMs)));
  const retries = budgetMs >= 2 * timeout + RETRY_PAUSE_MS ? 1 : 0;
  return { timeout, maxNetworkRetries: retries, ...(idempotencyKey !== undefined && { idempotencyKey }) };
}

/**
 * Runs one SDK call and turns its errors into {@link ProviderError}. Rate-limited calls were not accepted, and
 * the SDK does not repeat them, so they are tried again here while the budget lasts.
 */
export async function callStripe<T>(
  call: ProviderCall,
  request: (options: Stripe.RequestOptions) => Promise<T>,
): Promise<T> {
  const endsAt = Date.now() + call.budgetMs;
  for (let tries = 0; ; tries += 1) {
    try {
      return await request(requestOptions({ ...call, budgetMs: endsAt - Date.now() }));
    } catch (error) {
      const classified =
        error instanceof ProviderError ? error : new ProviderError(classify(error), { cause: error });
      const pauseMs = RATE_LIMIT_PAUSE_MS * 2 ** tries * (1 + Math.random());
      const mayRetry = tries < RATE_LIMIT_RETRIES_MAX && Date.now() + pauseMs + ATTEMPT_TIMEOUT_MS < endsAt;
      if (classified.details.class !== 'rate_limited' || !mayRetry) throw classified;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
